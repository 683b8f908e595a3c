INSERT INTO trust_providers (
    id, edrpou, status, name, website, entries, from_size
) VALUES (
    :id, :edrpou, :status, :name, :website, :entries, :from_size
)
