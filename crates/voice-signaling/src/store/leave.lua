-- Somebody goes, if they are where they are said to be.
-- ARGV[3..]: user, the session ('' for any).
local user, session = ARGV[3], ARGV[4]
local participant = participant_of(user)
if not participant then
  redis.call('ZREM', prefix .. 'due', user)
  return false
end
if session ~= '' and participant.session ~= session then return false end
return cjson.encode(remove(participant, user))
