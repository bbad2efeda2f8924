ALTER TABLE guilds
    -- Found by everybody, and joined without a code.
    ADD COLUMN is_public       boolean NOT NULL DEFAULT false,
    -- Whether joins and leaves are told in the first text channel.
    ADD COLUMN system_messages boolean NOT NULL DEFAULT false;
-- What can be found, the largest first.
CREATE INDEX guilds_public ON guilds (member_count DESC, id) WHERE is_public;

-- The permanent code that every guild has, and further ones that end.
ALTER TABLE invites
    ADD COLUMN permanent boolean NOT NULL DEFAULT false,
    -- NULL: as many as want.
    ADD COLUMN max_uses  integer CHECK (max_uses > 0),
    -- How many joined by it. Who was a member before is not counted.
    ADD COLUMN uses      integer NOT NULL DEFAULT 0,
    -- NULL: never.
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD CONSTRAINT invites_limit CHECK (uses <= max_uses),
    ADD CONSTRAINT invites_endless CHECK (NOT permanent OR (max_uses IS NULL AND expires_at IS NULL));
UPDATE invites SET permanent = true;
DROP INDEX invites_guild;
CREATE UNIQUE INDEX invites_permanent ON invites (guild_id) WHERE permanent;
CREATE INDEX invites_guild ON invites (guild_id, created_at);

-- Who came last.
CREATE INDEX members_joined ON members (guild_id, joined_at DESC, user_id);
-- By the beginning of a nickname, compared by bytes.
CREATE INDEX members_nickname ON members (guild_id, lower(nickname) text_pattern_ops) WHERE nickname IS NOT NULL;
