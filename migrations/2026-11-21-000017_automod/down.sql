DELETE FROM reports WHERE reporter_id IS NULL;
ALTER TABLE reports
    DROP CONSTRAINT reports_source,
    DROP COLUMN rule,
    ALTER COLUMN reporter_id SET NOT NULL;
DROP TABLE automod_tallies, automod;
