-- The phone number, sealed, and its keyed hash for exact search. Both or none.
ALTER TABLE users
    ADD COLUMN phone_sealed bytea,
    ADD COLUMN phone_key    bytea,
    ADD CONSTRAINT users_phone CHECK ((phone_sealed IS NULL) = (phone_key IS NULL));
CREATE INDEX users_phone_key ON users (phone_key) WHERE phone_key IS NOT NULL;

-- What a login needs beside the password. One an account.
CREATE TABLE second_factors (
    user_id         uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    method          text NOT NULL CHECK (method IN ('totp', 'sms')),
    -- What an authenticator app shares with us; or where codes are sent.
    secret_sealed   bytea,
    phone_sealed    bytea,
    -- NULL: no code was verified yet, so no login needs one.
    enabled_at      timestamptz,
    -- The newest step whose code was used: neither it nor one before it works again.
    last_step       bigint,
    -- Tries since, counted before they are compared.
    tries           integer NOT NULL DEFAULT 0,
    tries_since     timestamptz,
    -- The code that was sent last, as a keyed hash. NULL: none, or it was used.
    code_hash       bytea,
    code_expires_at timestamptz,
    CHECK ((method = 'totp') = (secret_sealed IS NOT NULL)),
    CHECK ((method = 'sms') = (phone_sealed IS NOT NULL)),
    CHECK ((code_hash IS NULL) = (code_expires_at IS NULL))
) WITH (fillfactor = 80);

-- Ten an account, hashed, gone once used.
CREATE TABLE recovery_codes (
    user_id   uuid  NOT NULL REFERENCES second_factors ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);
