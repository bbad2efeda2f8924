DROP INDEX users_suspended;
DROP INDEX users_alive;
ALTER TABLE users DROP COLUMN discoverable_by_phone;
