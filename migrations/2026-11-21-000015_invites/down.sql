DROP INDEX members_nickname, members_joined, invites_guild, invites_permanent;
DELETE FROM invites WHERE NOT permanent;
ALTER TABLE invites
    DROP COLUMN last_used_at,
    DROP COLUMN expires_at,
    DROP COLUMN uses,
    DROP COLUMN max_uses,
    DROP COLUMN permanent;
CREATE UNIQUE INDEX invites_guild ON invites (guild_id);
DROP INDEX guilds_public;
ALTER TABLE guilds DROP COLUMN system_messages, DROP COLUMN is_public;
