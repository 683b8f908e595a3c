UPDATE vault.head SET epoch = epoch + 1
