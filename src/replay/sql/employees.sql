INSERT INTO employees (
    id, practitioner, legal_entity, division, type, status, position, speciality, start_date, end_date, specialities,
    educations, entries, from_size
) VALUES (
    :id, :practitioner, :legal_entity, :division, :type, :status, :position, :speciality, :start_date, :end_date,
    :specialities, :educations, :entries, :from_size
)
