UPDATE vault.head SET size = least(size, $1), edited = least(edited, $1) WHERE epoch = $2 RETURNING size, epoch, edited
