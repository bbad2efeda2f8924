-- Calls that are over. While they go on they are in Redis. The conversation may be gone since.
CREATE TABLE calls (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    caller_id       uuid NOT NULL,
    is_video        boolean NOT NULL,
    outcome         text NOT NULL CHECK (outcome IN ('answered', 'declined', 'missed', 'cancelled', 'busy')),
    started_at      timestamptz NOT NULL,
    answered_at     timestamptz,
    ended_at        timestamptz NOT NULL,
    CONSTRAINT calls_answered CHECK ((outcome = 'answered') = (answered_at IS NOT NULL))
);

-- What became of them for those whom they concerned. Accounts are not referred to: a call is written down whatever became of them.
CREATE TABLE call_people (
    call_id uuid NOT NULL REFERENCES calls ON DELETE CASCADE,
    user_id uuid NOT NULL,
    part    text NOT NULL CHECK (part IN ('joined', 'declined', 'missed', 'removed')),
    PRIMARY KEY (user_id, call_id)
);
CREATE INDEX call_people_call ON call_people (call_id);
