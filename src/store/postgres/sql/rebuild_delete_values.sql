DELETE FROM ledger.row_values AS live USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS gone (resource, member, value, id)
WHERE live.resource = gone.resource AND live.member = gone.member AND live.value = gone.value AND live.id = gone.id
