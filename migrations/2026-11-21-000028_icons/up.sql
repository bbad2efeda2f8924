-- The picture of a guild, as a URL.
ALTER TABLE guilds ADD COLUMN icon text;
