DROP INDEX reports_user;
DROP INDEX reports_reporter;
DROP INDEX warnings_user;
DROP INDEX silences_user;
DROP INDEX bans_user;
DROP INDEX guild_audit_subject;
ALTER TABLE guild_audit DROP COLUMN channels;
