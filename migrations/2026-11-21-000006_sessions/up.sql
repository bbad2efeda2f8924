ALTER TABLE users
    -- In the whole installation, not in a server: user or admin.
    ADD COLUMN role text NOT NULL DEFAULT 'user' CONSTRAINT users_role CHECK (role IN ('user', 'admin')),
    -- Since when the account may not be used, and what its owner is told.
    ADD COLUMN suspended_at timestamptz,
    ADD COLUMN suspended_reason text,
    ADD COLUMN email_verified_at timestamptz,
    -- The row stays for what the person wrote; everything that tells who they were is gone.
    ADD COLUMN deleted_at timestamptz;

ALTER TABLE sessions
    -- Where it was last used from.
    ADD COLUMN address text,
    ADD COLUMN last_used_at timestamptz,
    -- Counts uses of its refresh tokens; only the token of this number may be used next.
    ADD COLUMN generation integer NOT NULL DEFAULT 0,
    -- When the token of this generation was made.
    ADD COLUMN rotated_at timestamptz;
UPDATE sessions SET last_used_at = created_at, rotated_at = created_at;
ALTER TABLE sessions ALTER COLUMN last_used_at SET NOT NULL, ALTER COLUMN rotated_at SET NOT NULL;
-- What is over is swept away.
CREATE INDEX sessions_expire ON sessions (expires_at);

-- Also those that were used: who presents one again has stolen it, or was stolen from.
CREATE TABLE refresh_tokens (
    -- SHA-256.
    hash       bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    generation integer NOT NULL,
    CONSTRAINT refresh_tokens_generation UNIQUE (session_id, generation)
);
