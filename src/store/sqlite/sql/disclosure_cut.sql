DELETE FROM disclosures WHERE entry >= ?1
