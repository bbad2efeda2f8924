CREATE TABLE users (
    id            uuid PRIMARY KEY,
    username      text NOT NULL,
    -- Folded so that names which differ only in case or look alike are equal.
    username_key  text NOT NULL CONSTRAINT users_username_taken UNIQUE,
    name          text NOT NULL,
    -- NULL: imported, has no address.
    email         text,
    email_key     text CONSTRAINT users_email_taken UNIQUE,
    -- NULL: cannot log in with a password.
    password_hash text,
    avatar        text,
    bio           text,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    device     text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
