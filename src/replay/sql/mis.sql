INSERT INTO mis (
    id, edrpou, status, suspended_because, name, product, email, website, test, entries, from_size
) VALUES (
    :id, :edrpou, :status, :suspended_because, :name, :product, :email, :website, :test, :entries, :from_size
)
