-- Who may not be a member of a guild. Beside the members, because everybody who joins is looked for here, under the
-- guild's lock. One whose time is over keeps nobody out, also before it is removed.
CREATE TABLE bans (
    guild_id     uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    moderator_id uuid NOT NULL,
    reason       text,
    created_at   timestamptz NOT NULL,
    -- NULL: for ever.
    expires_at   timestamptz,
    PRIMARY KEY (guild_id, user_id)
);
CREATE INDEX bans_expiry ON bans (expires_at) WHERE expires_at IS NOT NULL;

-- Time-outs of those who left: who comes back has not shed it.
CREATE TABLE silences (
    guild_id uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    until    timestamptz NOT NULL,
    PRIMARY KEY (guild_id, user_id)
);
CREATE INDEX silences_until ON silences (until);
-- Of members, those that will end.
CREATE INDEX members_timed_out ON members (timed_out_until) WHERE timed_out_until IS NOT NULL;

-- Who did what in a guild, written in the transaction that did it. Ids are UUIDv7, so their order is that of time.
CREATE TABLE guild_audit (
    id         uuid PRIMARY KEY,
    guild_id   uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    -- NULL: nobody, it was the server's own work.
    actor_id   uuid,
    action     text NOT NULL,
    -- The member, role, channel, warning or report that it was done to.
    target_id  uuid,
    reason     text,
    before     jsonb,
    after      jsonb,
    created_at timestamptz NOT NULL
);
CREATE INDEX guild_audit_guild ON guild_audit (guild_id, id);
CREATE INDEX guild_audit_actor ON guild_audit (guild_id, actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX guild_audit_target ON guild_audit (guild_id, target_id, id) WHERE target_id IS NOT NULL;
CREATE INDEX guild_audit_action ON guild_audit (guild_id, action, id);

CREATE TABLE warnings (
    id           uuid PRIMARY KEY,
    guild_id     uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    moderator_id uuid NOT NULL,
    reason       text NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX warnings_member ON warnings (guild_id, user_id, id);

CREATE TABLE reports (
    id          uuid PRIMARY KEY,
    guild_id    uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    reporter_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    channel_id  uuid,
    message_id  uuid,
    -- What the message said when it was reported.
    content     text,
    reason      text NOT NULL,
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved', 'dismissed')),
    -- Who takes care of it.
    handler_id  uuid REFERENCES users ON DELETE SET NULL,
    note        text,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX reports_queue ON reports (guild_id, status, id);
-- The same person reports the same thing once as long as nobody has dealt with it.
CREATE UNIQUE INDEX reports_once ON reports (reporter_id, user_id, message_id, guild_id) NULLS NOT DISTINCT
    WHERE status = 'open';

-- Messages of somebody that are to be deleted, in slices, by whichever gateway comes first.
CREATE TABLE purges (
    id         uuid PRIMARY KEY,
    guild_id   uuid NOT NULL REFERENCES guilds ON DELETE CASCADE,
    user_id    uuid NOT NULL,
    -- Written from here on …
    since      timestamptz NOT NULL,
    -- … to here.
    until      timestamptz NOT NULL,
    -- Where to go on: the channels that are left, and in the first of them the message before which to look.
    channels   uuid[] NOT NULL,
    before_seq bigint
);
