DROP TABLE invites;
DROP TABLE channels;
DROP TABLE members;
DROP TABLE roles;
DROP TABLE guilds;
