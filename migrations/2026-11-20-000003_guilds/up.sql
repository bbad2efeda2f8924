CREATE TABLE guilds (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    description  text,
    owner_id     uuid NOT NULL REFERENCES users,
    -- Changed in the transaction that adds or removes members, by as many as it did.
    member_count bigint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);
CREATE INDEX guilds_owner ON guilds (owner_id);

CREATE TABLE roles (
    id          uuid PRIMARY KEY,
    guild_id    uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    name        text NOT NULL,
    color       text NOT NULL DEFAULT '#99aab5',
    permissions bigint NOT NULL,
    -- 0 is @everyone, which every member has; higher numbers have more authority.
    position    integer NOT NULL,
    mentionable boolean NOT NULL DEFAULT false,
    hoisted     boolean NOT NULL DEFAULT false,
    CONSTRAINT roles_position UNIQUE (guild_id, position) DEFERRABLE INITIALLY IMMEDIATE
);

CREATE TABLE members (
    guild_id  uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    nickname  text,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (guild_id, user_id)
);
CREATE INDEX members_user ON members (user_id, guild_id);

CREATE TABLE channels (
    id         uuid PRIMARY KEY,
    guild_id   uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('text', 'voice', 'announcement', 'category')),
    name       text NOT NULL,
    topic      text,
    -- 0, 1, 2 … without gaps. A deferrable constraint is checked after a statement, not after each of its rows, so that
    -- one UPDATE can move several.
    position   integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT channels_position UNIQUE (guild_id, position) DEFERRABLE INITIALLY IMMEDIATE
);

CREATE TABLE invites (
    code       text PRIMARY KEY,
    guild_id   uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL
);
-- One permanent code a guild.
CREATE UNIQUE INDEX invites_guild ON invites (guild_id);
