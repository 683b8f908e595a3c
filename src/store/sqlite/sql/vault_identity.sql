SELECT pair, key FROM head
