COPY vault.matches (mac, subject, entry) FROM STDIN (FORMAT binary)
