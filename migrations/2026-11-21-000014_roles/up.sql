-- Which roles a member has, beside @everyone. Who leaves has none any more.
ALTER TABLE roles ADD CONSTRAINT roles_of_guild UNIQUE (guild_id, id);
CREATE TABLE member_roles (
    guild_id uuid NOT NULL,
    user_id  uuid NOT NULL,
    role_id  uuid NOT NULL,
    PRIMARY KEY (guild_id, user_id, role_id),
    FOREIGN KEY (guild_id, user_id) REFERENCES members ON DELETE CASCADE,
    FOREIGN KEY (guild_id, role_id) REFERENCES roles (guild_id, id) ON DELETE CASCADE
);
CREATE INDEX member_roles_role ON member_roles (role_id, user_id);

-- Until then the member may look and read, and nothing else.
ALTER TABLE members ADD COLUMN timed_out_until timestamptz;

-- The category that the channel stands in.
ALTER TABLE channels ADD CONSTRAINT channels_of_guild UNIQUE (guild_id, id);
ALTER TABLE channels ADD COLUMN parent_id uuid;
ALTER TABLE channels ADD CONSTRAINT channels_parent FOREIGN KEY (guild_id, parent_id)
    REFERENCES channels (guild_id, id) ON DELETE SET NULL (parent_id);
CREATE INDEX channels_parent ON channels (parent_id) WHERE parent_id IS NOT NULL;

-- What a channel allows and denies to a role, or to one member. That of a member outlasts the membership: who leaves and
-- comes back has not shed what was denied to them.
CREATE TABLE overwrites (
    channel_id uuid NOT NULL,
    guild_id   uuid NOT NULL,
    role_id    uuid,
    user_id    uuid REFERENCES users ON DELETE CASCADE,
    target_id  uuid NOT NULL GENERATED ALWAYS AS (COALESCE(role_id, user_id)) STORED,
    allow      bigint NOT NULL,
    deny       bigint NOT NULL,
    PRIMARY KEY (channel_id, target_id),
    FOREIGN KEY (guild_id, channel_id) REFERENCES channels (guild_id, id) ON DELETE CASCADE,
    FOREIGN KEY (guild_id, role_id) REFERENCES roles (guild_id, id) ON DELETE CASCADE,
    CONSTRAINT overwrites_one_target CHECK (num_nonnulls(role_id, user_id) = 1),
    CONSTRAINT overwrites_decided CHECK (allow & deny = 0)
);
CREATE INDEX overwrites_target ON overwrites (guild_id, target_id);
CREATE INDEX overwrites_role ON overwrites (role_id) WHERE role_id IS NOT NULL;
CREATE INDEX overwrites_user ON overwrites (user_id) WHERE user_id IS NOT NULL;
