DROP TABLE delivery_marks;
DROP TABLE message_edits;
DROP TABLE reaction_counts;
DROP TABLE reactions;
DROP TABLE mentions;
ALTER TABLE read_marks DROP COLUMN replies;
DROP INDEX messages_calls;
DROP INDEX messages_pins;
DROP INDEX messages_thread;
ALTER TABLE messages
    DROP COLUMN parent_id, DROP COLUMN replies, DROP COLUMN thread_count, DROP COLUMN last_reply_at,
    DROP COLUMN mentioned_users, DROP COLUMN mentioned_roles, DROP COLUMN mentions_everyone,
    DROP COLUMN pinned_at, DROP COLUMN pinned_by, DROP COLUMN emoji;
ALTER TABLE timelines DROP COLUMN replies;
