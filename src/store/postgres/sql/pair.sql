SELECT pair FROM ledger.head
