UPDATE vault.head SET epoch = epoch + 1 RETURNING size, epoch, edited
