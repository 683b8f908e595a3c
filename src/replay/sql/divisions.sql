INSERT INTO divisions (
    id, legal_entity, status, name, type, addresses, phones, email, mountain, external_id, location, working_hours,
    entries, from_size
) VALUES (
    :id, :legal_entity, :status, :name, :type, :addresses, :phones, :email, :mountain, :external_id, :location,
    :working_hours, :entries, :from_size
)
