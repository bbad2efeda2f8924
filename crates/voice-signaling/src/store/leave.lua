-- Somebody goes, if they are where they are said to be.
-- ARGV[3..]: user, the session ('' for any), '1' when only if nobody has seen them for too long.
local user, session, overdue = ARGV[3], ARGV[4], ARGV[5]
local participant = participant_of(user)
if not participant then
  redis.call('ZREM', prefix .. 'due', user)
  return false
end
if session ~= '' and participant.session ~= session then return false end
if overdue ~= '1' then return cjson.encode(remove(participant, user)) end
local due = redis.call('ZSCORE', prefix .. 'due', user)
if due and tonumber(due) > now() then return false end
return cjson.encode(remove(participant, nil))
