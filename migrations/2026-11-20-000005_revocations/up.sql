-- When the session's tokens stopped to work before their time.
ALTER TABLE sessions ADD COLUMN revoked_at timestamptz;
-- Gateways read the recent ones again and again.
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
