-- Work to be done after the commit of the transaction that wrote the row. A row that is done is deleted.
CREATE TABLE jobs (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL,
    payload    jsonb NOT NULL,
    -- From when on it may be taken. Of a job that is being done: when its worker counts as dead.
    due_at     timestamptz NOT NULL,
    -- How often it was taken.
    tries      integer NOT NULL DEFAULT 0,
    -- Made anew by whoever takes the job: only its holder may say how it went.
    lease      uuid,
    -- Given up, and kept for people to look at.
    failed_at  timestamptz,
    -- Of the latest try that did not succeed.
    last_error text,
    created_at timestamptz NOT NULL
);
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE failed_at IS NULL;
CREATE INDEX jobs_failed ON jobs (failed_at) WHERE failed_at IS NOT NULL;
