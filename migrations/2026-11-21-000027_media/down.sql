ALTER TABLE messages DROP COLUMN files;
DROP TABLE pictures, attachments;
