INSERT INTO legal_entities (
    id, edrpou, status, verified, owner, name, short_name, public_name, ownership, legal_form, kveds, addresses,
    phones, email, website, licence, accreditation, receiver_funds_code, beneficiary, archive, entries, from_size
) VALUES (
    :id, :edrpou, :status, :verified, :owner, :name, :short_name, :public_name, :ownership, :legal_form, :kveds,
    :addresses, :phones, :email, :website, :licence, :accreditation, :receiver_funds_code, :beneficiary, :archive,
    :entries, :from_size
)
