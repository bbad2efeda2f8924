-- What sweeps look for, and what a deleted guild takes with it, found by an index and not by reading whole tables
-- (tests/suite/rights/plans.rs).
CREATE INDEX email_codes_expire ON email_codes (expires_at);
CREATE INDEX password_resets_expire ON password_resets (expires_at);
CREATE INDEX email_changes_expire ON email_changes (expires_at);
CREATE INDEX invites_expire ON invites (expires_at) WHERE NOT permanent;
CREATE INDEX invites_used_up ON invites (last_used_at) WHERE NOT permanent AND uses >= max_uses;
CREATE INDEX purges_guild ON purges (guild_id);
