-- A moderator decides whether somebody is heard and hears, also when they come back.
-- ARGV[3..]: user, the session that they must be in, how long it counts (ms), hushed and deaf ('' leaves it).
local participant = participant_of(ARGV[3])
if not participant or participant.session ~= ARGV[4] then return false end
local key = prefix .. 'quiet:' .. participant.scope .. ':' .. ARGV[3]
local changed = false
for field, value in pairs({ hushed = ARGV[6], deaf = ARGV[7] }) do
  if value ~= '' then
    redis.call('HSET', key, field, value)
    if participant[field] ~= value then
      redis.call('HSET', prefix .. 'user:' .. ARGV[3], field, value)
      participant[field], changed = value, true
    end
  end
end
redis.call('PEXPIRE', key, ARGV[5])
return cjson.encode({ changed = changed, participant = participant })
