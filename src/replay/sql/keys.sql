INSERT INTO keys (
    id, holder, x, valid_from, valid_until, status, compromised_since, represents, enrolled_by, entries, from_size
) VALUES (
    :id, :holder, :x, :from, :until, :status, :compromised_since, :represents, :enrolled_by, :entries, :from_size
)
