DROP TABLE refresh_tokens;
DROP INDEX sessions_expire;
ALTER TABLE sessions
    DROP COLUMN address, DROP COLUMN last_used_at, DROP COLUMN generation, DROP COLUMN rotated_at;
ALTER TABLE users
    DROP COLUMN role, DROP COLUMN suspended_at, DROP COLUMN suspended_reason, DROP COLUMN email_verified_at,
    DROP COLUMN deleted_at;
