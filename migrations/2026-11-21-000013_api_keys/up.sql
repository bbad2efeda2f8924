-- Keys that other programs call with.
CREATE TABLE api_keys (
    id           uuid        PRIMARY KEY,
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text        NOT NULL,
    -- SHA-256.
    hash         bytea       NOT NULL CONSTRAINT api_keys_hash UNIQUE,
    -- How the key begins, so that its owner knows which it is.
    prefix       text        NOT NULL,
    may_read     boolean     NOT NULL,
    may_write    boolean     NOT NULL,
    created_at   timestamptz NOT NULL,
    -- NULL: works until it is revoked.
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_keys_scopes CHECK (may_read OR may_write)
);
CREATE INDEX api_keys_user ON api_keys (user_id);
CREATE INDEX api_keys_revoked ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_keys_expire ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
