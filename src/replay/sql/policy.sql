INSERT INTO policy (
    id, request_term_days, invitation_term_days, declaration_term_days, key_term_days, patients_per_phone,
    unverified_days, limits, issued_at, codes, regulator_quorum, capitation, entries, from_size
) VALUES (
    :id, :request_term_days, :invitation_term_days, :declaration_term_days, :key_term_days, :patients_per_phone,
    :unverified_days, :limits, :issued_at, :codes, :regulator_quorum, :capitation, :entries, :from_size
)
