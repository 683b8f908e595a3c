-- :role and :password stand for the role's name and password, quoted. Made if it is not there.
DO $$
BEGIN
    CREATE ROLE :role LOGIN PASSWORD :password;
EXCEPTION WHEN duplicate_object THEN
    ALTER ROLE :role LOGIN PASSWORD :password;
END $$
