DROP TABLE retired_usernames;
DROP INDEX users_alike, users_name_prefix, users_username_prefix;
ALTER TABLE users
    DROP COLUMN discoverable_by_email,
    DROP COLUMN timezone,
    DROP COLUMN sound_enabled,
    DROP COLUMN notifications,
    DROP COLUMN status_message,
    DROP COLUMN status;
-- The extension stays: another schema of the database may use it.
