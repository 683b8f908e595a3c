INSERT INTO declarations (
    id, patient, request, employee, practitioner, legal_entity, division, start_date, last_day, at_majority, status,
    reason, ended_by, ended_on, entries, from_size
) VALUES (
    :id, :patient, :request, :employee, :practitioner, :legal_entity, :division, :start_date, :last_day, :at_majority,
    :status, :reason, :ended_by, :ended_on, :entries, :from_size
)
