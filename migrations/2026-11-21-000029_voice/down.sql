ALTER TABLE channels DROP COLUMN user_limit;
