-- The rules of a guild for what members write. One document: they are always read and replaced as a whole.
CREATE TABLE automod (
    guild_id   uuid PRIMARY KEY REFERENCES guilds ON DELETE CASCADE,
    rules      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What somebody has done how often lately, for rules that count. Of use for some minutes only, so a crash may forget it.
CREATE UNLOGGED TABLE automod_tallies (
    rule_id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- The fingerprint of a text, or nothing (all zeroes).
    what    uuid NOT NULL,
    -- In the order in which it came: the message, its nonce, how often, when (milliseconds since 1970).
    seen    jsonb NOT NULL,
    -- After this the row tells nothing any more.
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (rule_id, user_id, what)
);
CREATE INDEX automod_tallies_end ON automod_tallies (ends_at);

-- A report is a member's, or that of a rule, by its name.
ALTER TABLE reports
    ALTER COLUMN reporter_id DROP NOT NULL,
    ADD COLUMN rule text,
    ADD CONSTRAINT reports_source CHECK ((reporter_id IS NULL) = (rule IS NOT NULL));
