//! What must be true of the database, whatever happened and in whatever order.

/// A row for each way in which a guild is not whole.
pub(crate) const GUILDS: &str = "
    SELECT 'channels of ' || guild_id || ' are not at 0, 1, 2 …' AS name FROM channels
    GROUP BY guild_id HAVING min(position) <> 0 OR max(position) <> count(*) - 1 OR count(DISTINCT position) <> count(*)
    UNION ALL
    SELECT 'roles of ' || guild_id || ' are not at 0, 1, 2 …' FROM roles
    GROUP BY guild_id HAVING min(position) <> 0 OR max(position) <> count(*) - 1 OR count(DISTINCT position) <> count(*)
    UNION ALL
    SELECT 'no @everyone in ' || g.id FROM guilds g
    WHERE (SELECT count(*) FROM roles r WHERE r.guild_id = g.id AND r.name = '@everyone' AND r.position = 0) <> 1
    UNION ALL
    SELECT '@everyone is written down for somebody in ' || m.guild_id FROM member_roles m
    JOIN roles r ON r.id = m.role_id WHERE r.position = 0
    UNION ALL
    SELECT 'a role of another guild for somebody in ' || m.guild_id FROM member_roles m
    JOIN roles r ON r.id = m.role_id WHERE r.guild_id <> m.guild_id
    UNION ALL
    SELECT 'an overwrite for a role of another guild in ' || o.guild_id FROM overwrites o
    JOIN roles r ON r.id = o.role_id WHERE r.guild_id <> o.guild_id
    UNION ALL
    SELECT 'an overwrite of more than a channel has, or of both sides, in ' || o.guild_id FROM overwrites o
    WHERE (o.allow | o.deny) & ~4095::bigint <> 0 OR o.allow & o.deny <> 0
    UNION ALL
    SELECT c.id || ' stands in what is no category of its guild' FROM channels c
    JOIN channels p ON p.id = c.parent_id
    WHERE p.kind <> 'category' OR p.guild_id <> c.guild_id OR c.kind = 'category'
    UNION ALL
    SELECT g.id || ' counts ' || g.member_count || ' members' FROM guilds g
    WHERE g.member_count <> (SELECT count(*) FROM members m WHERE m.guild_id = g.id)
    UNION ALL
    SELECT 'the owner of ' || g.id || ' is no member' FROM guilds g
    WHERE NOT EXISTS (SELECT FROM members m WHERE m.guild_id = g.id AND m.user_id = g.owner_id)
    UNION ALL
    SELECT 'a banned member of ' || b.guild_id FROM bans b JOIN members m USING (guild_id, user_id)
    WHERE b.expires_at IS NULL
    UNION ALL
    SELECT 'roles for who is no member of ' || r.guild_id FROM member_roles r
    LEFT JOIN members m USING (guild_id, user_id) WHERE m.user_id IS NULL
    UNION ALL
    SELECT 'a time-out of the owner of ' || g.id FROM guilds g
    JOIN members m ON m.guild_id = g.id AND m.user_id = g.owner_id WHERE m.timed_out_until IS NOT NULL
    UNION ALL
    SELECT 'a time-out kept for a member of ' || s.guild_id FROM silences s JOIN members m USING (guild_id, user_id)
    UNION ALL
    SELECT 'an invite of ' || i.guild_id || ' was used too often' FROM invites i WHERE i.uses > i.max_uses
    UNION ALL
    SELECT g.id || ' has not one permanent invite' FROM guilds g
    WHERE (SELECT count(*) FROM invites i WHERE i.guild_id = g.id AND i.permanent) <> 1
    UNION ALL
    SELECT c.id || ' has no open timeline of its guild' FROM channels c
    WHERE c.kind IN ('text', 'announcement') AND NOT EXISTS
    (SELECT FROM timelines t WHERE t.id = c.id AND t.scope_id = c.guild_id AND t.closed_at IS NULL)
    UNION ALL
    SELECT 'no scope for ' || g.id FROM guilds g WHERE NOT EXISTS (SELECT FROM scopes s WHERE s.id = g.id)";

/// A row for each way in which what is counted of messages is not what there is.
pub(crate) const MESSAGES: &str = "
    SELECT t.id || ' counts ' || t.last_seq || ' messages and ' || t.replies || ' replies' AS name FROM timelines t
    WHERE t.closed_at IS NULL AND (t.last_seq, t.replies) <>
    (SELECT count(*), count(m.parent_id) FROM messages m WHERE m.timeline_id = t.id)
    UNION ALL
    SELECT m.id || ' counts ' || m.replies || ' replies before it' FROM messages m
    WHERE m.replies <> (SELECT count(x.parent_id) FROM messages x WHERE x.timeline_id = m.timeline_id AND x.seq <= m.seq)
    UNION ALL
    SELECT m.id || ' counts ' || m.thread_count || ' replies in its thread' FROM messages m
    WHERE m.deleted_at IS NULL AND m.thread_count <> (SELECT count(*) FROM messages x
    WHERE x.timeline_id = m.timeline_id AND x.parent_id = m.id AND x.deleted_at IS NULL)
    UNION ALL
    SELECT m.id || ' counts ' || m.emoji || ' emoji' FROM messages m WHERE m.emoji <>
    (SELECT count(*) FROM reaction_counts c WHERE c.timeline_id = m.timeline_id AND c.seq = m.seq)
    UNION ALL
    SELECT 'the reactions to ' || COALESCE(c.seq, r.seq) || ' in ' || COALESCE(c.timeline_id, r.timeline_id)
    || ' are not as many as counted' FROM reaction_counts c FULL JOIN
    (SELECT timeline_id, seq, emoji, count(*) AS count FROM reactions GROUP BY timeline_id, seq, emoji) AS r
    USING (timeline_id, seq, emoji) WHERE c.count IS DISTINCT FROM r.count
    UNION ALL
    SELECT m.id || ' is deleted, and something of it is left' FROM messages m WHERE m.deleted_at IS NOT NULL AND
    (m.content <> '' OR m.pinned_at IS NOT NULL OR m.mentioned_users IS NOT NULL OR m.mentions_everyone OR m.emoji <> 0
    OR EXISTS (SELECT FROM message_edits e WHERE e.timeline_id = m.timeline_id AND e.seq = m.seq)
    OR EXISTS (SELECT FROM mentions n WHERE n.timeline_id = m.timeline_id AND n.seq = m.seq)
    OR EXISTS (SELECT FROM message_previews p WHERE p.message_id = m.id))
    UNION ALL
    SELECT m.id || ' stands in a thread of a thread, or of another place' FROM messages m
    JOIN messages p ON p.id = m.parent_id WHERE p.parent_id IS NOT NULL OR p.timeline_id <> m.timeline_id";

/// A row for each way in which a call that is over is not whole.
pub(crate) const CALLS: &str = "
    SELECT c.id || ' is not among the calls of who called' AS name FROM calls c
    WHERE NOT EXISTS (SELECT FROM call_people p WHERE p.call_id = c.id AND p.user_id = c.caller_id AND p.part IN ('joined', 'removed'))
    UNION ALL
    SELECT c.id || ' was answered by nobody' FROM calls c WHERE c.outcome = 'answered'
    AND (SELECT count(*) FROM call_people p WHERE p.call_id = c.id AND p.part IN ('joined', 'removed')) < 2
    UNION ALL
    SELECT c.id || ' was ' || c.outcome || ', and answered' FROM calls c WHERE c.outcome <> 'answered'
    AND EXISTS (SELECT FROM call_people p WHERE p.call_id = c.id AND p.part = 'joined' AND p.user_id <> c.caller_id)
    UNION ALL
    SELECT c.id || ' ended before it began' FROM calls c
    WHERE c.ended_at < c.started_at OR c.answered_at NOT BETWEEN c.started_at AND c.ended_at
    UNION ALL
    SELECT 'two messages tell of ' || nonce FROM messages WHERE nonce LIKE 'call:%' GROUP BY nonce HAVING count(*) > 1";
