INSERT INTO practitioners (
    id, last_name, first_name, second_name, gender, entries, from_size
) VALUES (
    :id, :last_name, :first_name, :second_name, :gender, :entries, :from_size
)
