DROP TABLE pictures, attachments;
