SELECT note FROM ledger.checkpoints WHERE size = $1
