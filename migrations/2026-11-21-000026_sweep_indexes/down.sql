DROP INDEX purges_guild;
DROP INDEX invites_used_up;
DROP INDEX invites_expire;
DROP INDEX email_changes_expire;
DROP INDEX password_resets_expire;
DROP INDEX email_codes_expire;
