UPDATE ledger.head SET epoch = epoch + 1
