-- What was mailed and may come back: hashes only, made with a key that the database does not have. One row of each kind
-- an account: what is asked for anew takes the place of what was there.

-- A code that proves the account's address.
CREATE TABLE email_codes (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- Which request the letter answers: one that was overtaken is not sent.
    request_id uuid NOT NULL,
    -- NULL until the letter is written.
    code_hash  bytea,
    -- Codes that were tried, counted before they are compared.
    tries      integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);

-- A token that sets a new password.
CREATE TABLE password_resets (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT password_resets_token UNIQUE,
    expires_at timestamptz NOT NULL
);

-- An address that is to take the place of the account's.
CREATE TABLE email_changes (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    request_id uuid NOT NULL,
    email      text NOT NULL,
    email_key  text NOT NULL,
    -- Whether the present address has to agree: it was verified when the change was asked for.
    from_old   boolean NOT NULL,
    -- NULL until their letters are written.
    old_hash   bytea,
    new_hash   bytea,
    tries      integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);

-- Where an account was logged in from before, so that its owner hears of new places.
CREATE TABLE known_devices (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The program and the system, without versions.
    family  text NOT NULL,
    -- The network of the address; empty when there was none.
    network text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, family, network)
);
