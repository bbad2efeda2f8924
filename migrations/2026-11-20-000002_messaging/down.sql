DROP TABLE messages;
DROP TABLE timelines;
DROP TABLE scopes;
