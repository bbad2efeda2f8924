-- How many may be in a voice channel at the same time; no limit of its own unless there is one.
ALTER TABLE channels ADD COLUMN user_limit int
    CONSTRAINT channels_user_limit CHECK (user_limit BETWEEN 1 AND 99);
