-- The channels that an entry tells of: it is shown to who may know of all of them.
ALTER TABLE guild_audit ADD COLUMN channels uuid[] NOT NULL DEFAULT '{}';
-- What others did to somebody, in whatever guild: for them.
CREATE INDEX guild_audit_subject ON guild_audit (target_id, id) WHERE action IN ('member-update', 'member-kick',
    'member-ban', 'member-unban', 'member-timeout', 'member-timeout-end', 'member-warn', 'warning-delete');

-- For the export and the erasure of what is held on somebody.
CREATE INDEX bans_user ON bans (user_id);
CREATE INDEX silences_user ON silences (user_id);
CREATE INDEX warnings_user ON warnings (user_id);
CREATE INDEX reports_reporter ON reports (reporter_id, id);
CREATE INDEX reports_user ON reports (user_id);
