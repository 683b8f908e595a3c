COPY ledger.entries (index, time, bytes) FROM STDIN (FORMAT binary)
