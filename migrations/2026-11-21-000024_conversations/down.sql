ALTER TABLE scheduled_messages DROP COLUMN kind;
DROP TABLE dm_settings, pairs, participants, conversations;
