-- Somebody is there otherwise: muted, say.
-- ARGV[3..]: user, the session that they must be in, then fields and their values.
local participant = participant_of(ARGV[3])
if not participant or participant.session ~= ARGV[4] then return false end
local changed = false
for at = 5, #ARGV, 2 do
  local field, value = ARGV[at], ARGV[at + 1]
  -- Lost since it was looked at.
  if value == '1' and participant.speaks == '0' and (field == 'video' or field == 'screen') then value = '0' end
  if participant[field] ~= value then
    redis.call('HSET', prefix .. 'user:' .. ARGV[3], field, value)
    participant[field], changed = value, true
  end
end
return cjson.encode({ changed = changed, participant = participant })
