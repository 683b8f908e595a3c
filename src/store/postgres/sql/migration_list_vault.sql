SELECT number, name, sha256 FROM vault.migrations ORDER BY number
