DROP TABLE purges, reports, warnings, guild_audit;
DROP INDEX members_timed_out;
DROP TABLE silences, bans;
