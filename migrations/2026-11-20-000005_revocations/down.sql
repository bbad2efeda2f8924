DROP INDEX sessions_revoked;
ALTER TABLE sessions DROP COLUMN revoked_at;
