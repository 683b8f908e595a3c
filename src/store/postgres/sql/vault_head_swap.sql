UPDATE vault.head SET size = $1 WHERE size = $2 AND epoch = $3 RETURNING size, epoch, edited
