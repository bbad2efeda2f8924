DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE users DROP COLUMN phone_sealed, DROP COLUMN phone_key;
