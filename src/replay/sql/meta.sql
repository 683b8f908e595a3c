INSERT INTO meta (
    origin, size, time, root_base64, root_hex, checkpoint, checkpoint_size, signature_verified, software
) VALUES (
    :origin, :size, :time, :root_base64, :root_hex, :checkpoint, :checkpoint_size, :signature_verified, :software
)
