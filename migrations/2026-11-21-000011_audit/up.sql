-- What happened to accounts: sign-ins, whether they succeeded or not, and what administrators did. Ids are UUIDv7, so
-- their order is that of time.
CREATE TABLE audit_log (
    id         uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    action     text NOT NULL,
    -- Who did it; NULL when nobody proved who they are.
    actor_id   uuid,
    -- Whose account it is about; NULL when there is no such account.
    subject_id uuid,
    address    text,
    device     text,
    -- More, by action: the reason of a suspension, the role before and after.
    details    jsonb
);
CREATE INDEX audit_log_subject ON audit_log (subject_id, id) WHERE subject_id IS NOT NULL;
-- When somebody logged in last.
CREATE INDEX audit_log_logins ON audit_log (subject_id, id) WHERE action = 'login-succeeded';
CREATE INDEX audit_log_actor ON audit_log (actor_id, id) WHERE actor_id IS NOT NULL;

-- Accounts that are gone while some of what is held on them elsewhere is not: removed again and again until it is.
CREATE TABLE erasures (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    -- Nobody else tries before.
    next_at    timestamptz NOT NULL,
    tries      integer NOT NULL DEFAULT 0
);
CREATE INDEX erasures_due ON erasures (next_at);
