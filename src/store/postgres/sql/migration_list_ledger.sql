SELECT number, name, sha256 FROM ledger.migrations ORDER BY number
