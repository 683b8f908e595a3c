INSERT INTO ledger.leader (one, node, address, beat) VALUES (1, gen_random_uuid(), '', 'epoch')
