UPDATE head SET edited = max(edited, ?1) WHERE epoch = ?2
