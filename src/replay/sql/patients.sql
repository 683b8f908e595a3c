INSERT INTO patients (
    id, status, authentication, entries, from_size
) VALUES (
    :id, :status, :authentication, :entries, :from_size
)
