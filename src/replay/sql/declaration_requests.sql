INSERT INTO declaration_requests (
    id, patient, declaration, employee, practitioner, legal_entity, division, status, created_at, code_sent_at, code_tries_left, confirmation,
    entries, from_size
) VALUES (
    :id, :patient, :declaration, :employee, :practitioner, :legal_entity, :division, :status, :created_at, :code_sent_at, :code_tries_left,
    :confirmation, :entries, :from_size
)
