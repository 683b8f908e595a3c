UPDATE vault.head SET edited = greatest(edited, $1) WHERE epoch = $2 RETURNING size, epoch, edited
