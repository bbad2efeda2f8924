-- Comes with PostgreSQL; the database's owner may create it, for it is trusted.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE users
    -- What they chose to show. `offline` means that they do not want to be seen.
    ADD COLUMN status                text NOT NULL DEFAULT 'online'
        CONSTRAINT users_status CHECK (status IN ('online', 'away', 'busy', 'offline', 'inmeeting')),
    ADD COLUMN status_message        text,
    -- Preferences.
    ADD COLUMN notifications         boolean NOT NULL DEFAULT true,
    ADD COLUMN sound_enabled         boolean NOT NULL DEFAULT true,
    ADD COLUMN timezone              text,
    -- Whether a search for exactly their address finds them.
    ADD COLUMN discoverable_by_email boolean NOT NULL DEFAULT true;

-- Those who can be found, by the beginning of a name: read in order, so that a short beginning that many have costs no
-- more than a long one. Compared by bytes, whatever the database's collation is.
CREATE INDEX users_username_prefix ON users (lower(username) text_pattern_ops)
    WHERE suspended_at IS NULL AND deleted_at IS NULL;
CREATE INDEX users_name_prefix ON users (lower(name) text_pattern_ops)
    WHERE suspended_at IS NULL AND deleted_at IS NULL;
-- The same people by what their names are made of, for words in the middle and for typing errors.
CREATE INDEX users_alike ON users USING gin ((username || ' ' || name) gin_trgm_ops)
    WHERE suspended_at IS NULL AND deleted_at IS NULL;

-- Usernames of accounts that are gone, so that nobody takes the place of somebody. SHA-256 of the folded name: whether
-- a name is among them can be asked, which names they are cannot be read.
CREATE TABLE retired_usernames (
    key_hash bytea PRIMARY KEY
);
