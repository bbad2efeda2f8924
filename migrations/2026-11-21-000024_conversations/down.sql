DROP TABLE dm_settings, pairs, participants, conversations;
