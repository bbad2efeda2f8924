DROP INDEX attachments_expiring, attachments_pending, attachments_clips, attachments_own_clips;
ALTER TABLE attachments DROP COLUMN purpose, DROP COLUMN conversion, DROP COLUMN duration_ms, DROP COLUMN waveform,
    DROP COLUMN p480, DROP COLUMN p720, DROP COLUMN p1080, DROP COLUMN mp3, DROP COLUMN expires_at;
