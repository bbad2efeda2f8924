-- Rights were read again, at a version: who has lost theirs goes, or rings no more.
-- ARGV[3..]: the version, then for each who was looked at: user, place, session, the version of their right when they were ('' for
-- who is rung), and '-' (they may not be there), '0' (they may not speak) or '1'. Who has come under another right since is left
-- alone.
local version, answer = ARGV[3], {}
local function settle_participant(participant, may)
  if may == '-' then
    local left = remove(participant, nil)
    -- Of the rest of a call they learn nothing.
    if left.kind == 'call' and not left.over then redis.call('HSET', prefix .. 'people:' .. left.place, left.user, 'removed') end
    return { left = left }
  end
  local fields, changed = { version = version, speaks = may }, false
  if may == '0' then fields.video, fields.screen = '0', '0' end
  for field, value in pairs(fields) do
    if participant[field] ~= value then
      redis.call('HSET', prefix .. 'user:' .. participant.user, field, value)
      participant[field] = value
      changed = changed or field ~= 'version'
    end
  end
  if changed then return { participant = participant } end
end
local function settle_rung(session, user, may)
  if may ~= '-' or redis.call('HGET', prefix .. 'people:' .. session.place, user) ~= 'ringing' then return nil end
  local before = whole_session_at(session.place)
  return { silent = { user = user, session = before, over = stop_ringing(session, user, 'removed', 'cancelled', nil) } }
end
for at = 4, #ARGV, 5 do
  local user, place, session, old, may = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local result
  if old == '' then
    local there = session_at(place)
    if there and there.session == session then
      -- At which version those whom it rings were looked at.
      redis.call('HSET', prefix .. 'place:' .. place, 'version', version)
      result = settle_rung(there, user, may)
    end
  else
    local participant = participant_of(user)
    if participant and participant.session == session and participant.version == old then
      result = settle_participant(participant, may)
    end
  end
  if result then answer[#answer + 1] = cjson.encode(result) end
end
return answer
