ALTER TABLE users
    -- Whether a search for exactly their phone number finds them.
    ADD COLUMN discoverable_by_phone boolean NOT NULL DEFAULT true;

-- Counting accounts reads these and not the rows, which are wide.
CREATE INDEX users_alive ON users (id) WHERE deleted_at IS NULL;
CREATE INDEX users_suspended ON users (id) WHERE suspended_at IS NOT NULL AND deleted_at IS NULL;
