-- Who a provider's user is here. The provider's tokens are not kept: they are needed for a moment only.
CREATE TABLE oauth_links (
    -- The provider's name in the configuration.
    provider     text        NOT NULL,
    -- The provider's id of its user: never changes, is never given to another.
    subject      text        NOT NULL,
    user_id      uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (provider, subject),
    CONSTRAINT oauth_links_one UNIQUE (user_id, provider)
);

-- What a provider said of somebody, for a minute: whoever has the code and the verifier may use it, once.
CREATE TABLE oauth_codes (
    -- SHA-256.
    hash           bytea       PRIMARY KEY,
    provider       text        NOT NULL,
    subject        text        NOT NULL,
    email          text,
    email_verified boolean     NOT NULL,
    name           text,
    -- SHA-256 of the verifier.
    challenge      bytea       NOT NULL,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX oauth_codes_expire ON oauth_codes (expires_at);
