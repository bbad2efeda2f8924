DROP TABLE overwrites;
DROP INDEX channels_parent;
ALTER TABLE channels DROP CONSTRAINT channels_parent;
ALTER TABLE channels DROP COLUMN parent_id;
ALTER TABLE channels DROP CONSTRAINT channels_of_guild;
ALTER TABLE members DROP COLUMN timed_out_until;
DROP TABLE member_roles;
ALTER TABLE roles DROP CONSTRAINT roles_of_guild;
