SELECT pair, key FROM vault.head
