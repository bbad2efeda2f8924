-- Where a member has read to. No row means 0; a mark never goes back.
CREATE TABLE read_marks (
    user_id     uuid   NOT NULL,
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    PRIMARY KEY (user_id, timeline_id)
) WITH (fillfactor = 80);
-- For removing those of a timeline that is gone.
CREATE INDEX read_marks_timeline ON read_marks (timeline_id);
