CLOSE copied
