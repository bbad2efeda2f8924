-- What all scripts begin with. ARGV[1] is what stands before every key, ARGV[2] the time by the product's clock (ms), which is
-- that of what is told and written down. Who has to be seen when goes by the clock of Redis.
local prefix, moment = ARGV[1], ARGV[2]

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The time, but not before `earlier`: clocks of gateways differ, and one may have looked at its own before another did.
local function since(earlier)
  if tonumber(moment) < tonumber(earlier) then return earlier end
  return moment
end

local function hash(key)
  local flat, fields = redis.call('HGETALL', key), {}
  for at = 1, #flat, 2 do fields[flat[at]] = flat[at + 1] end
  return fields
end

-- Where somebody is; nil, when they are nowhere.
local function participant_of(user)
  local participant = hash(prefix .. 'user:' .. user)
  if not participant.place then return nil end
  participant.user = user
  return participant
end

-- The session at a place; nil, when there is none.
local function session_at(place)
  local session = hash(prefix .. 'place:' .. place)
  if not session.session then return nil end
  session.place = place
  return session
end

-- The same, with who is in it, in the order of coming, and whom it rings.
local function whole_session_at(place)
  local session = session_at(place)
  if not session then return nil end
  local participants, ringing = {}, {}
  for _, user in ipairs(redis.call('ZRANGE', prefix .. 'in:' .. place, 0, -1)) do
    participants[#participants + 1] = participant_of(user)
  end
  if #participants == 0 then return nil end
  session.participants = participants
  for user, part in pairs(hash(prefix .. 'people:' .. place)) do
    if part == 'ringing' then ringing[#ringing + 1] = user end
  end
  -- An empty list would become an object.
  if #ringing > 0 then session.ringing = ringing end
  return session
end

-- There is no session at its place any more.
local function forget(session)
  local place = session.place
  redis.call('DEL', prefix .. 'place:' .. place, prefix .. 'in:' .. place, prefix .. 'people:' .. place, prefix .. 'session:' .. session.session)
  redis.call('ZREM', prefix .. 'rings', place)
  redis.call('SREM', prefix .. 'scope:' .. session.scope, place)
  if redis.call('EXISTS', prefix .. 'scope:' .. session.scope) == 0 then
    redis.call('SREM', prefix .. 'scopes', session.scope)
  end
end

-- A call is over, for everybody: for this reason, if nobody has answered it. What has to be told and written down is kept until
-- it was written down, a week at most.
local function conclude(session, outcome, by, people)
  for _, user in ipairs(redis.call('ZRANGE', prefix .. 'in:' .. session.place, 0, -1)) do
    redis.call('DEL', prefix .. 'user:' .. user)
    redis.call('ZREM', prefix .. 'due', user)
  end
  people = people or hash(prefix .. 'people:' .. session.place)
  for user, part in pairs(people) do
    if part == 'ringing' then people[user] = 'missed' end
  end
  local over = {
    session = session.session, place = session.place, started = session.started, by = session.by, direct = session.direct,
    video = session.video, answered = session.answered, ended = since(session.answered or session.started), ended_by = by, people = people,
    outcome = session.answered and 'answered' or outcome,
  }
  redis.call('HSET', prefix .. 'ended', session.session, cjson.encode(over))
  redis.call('PEXPIRE', prefix .. 'ended', 604800000)
  forget(session)
  return over
end

-- Somebody of a call does not ring any more. When nobody does, and nobody has answered, the call is over for this reason.
local function stop_ringing(session, user, part, outcome, by)
  redis.call('HSET', prefix .. 'people:' .. session.place, user, part)
  for _, other in ipairs(redis.call('HVALS', prefix .. 'people:' .. session.place)) do
    if other == 'ringing' then return nil end
  end
  redis.call('ZREM', prefix .. 'rings', session.place)
  if not session.answered then return conclude(session, outcome, by) end
end

-- Somebody is there no more; `by` says who wanted it, when somebody did. A session ends with the last, a call of two with the
-- first. Of a call that goes on, `others` are those who are in it or rung.
local function remove(participant, by)
  redis.call('DEL', prefix .. 'user:' .. participant.user)
  redis.call('ZREM', prefix .. 'due', participant.user)
  redis.call('ZREM', prefix .. 'in:' .. participant.place, participant.user)
  participant.ended = redis.call('ZCARD', prefix .. 'in:' .. participant.place) == 0
  local session = session_at(participant.place)
  if not session then return participant end
  if session.kind == 'call' and (participant.ended or session.direct == '1') then
    participant.ended, participant.over = true, conclude(session, 'cancelled', by)
  elseif participant.ended then
    forget(session)
  elseif session.kind == 'call' then
    participant.others = redis.call('ZRANGE', prefix .. 'in:' .. participant.place, 0, -1)
    for user, part in pairs(hash(prefix .. 'people:' .. participant.place)) do
      if part == 'ringing' then table.insert(participant.others, user) end
    end
  end
  return participant
end

-- They are there for `life` ms more. Beside that, what nobody clears away goes after a day.
local function renew(participant, life)
  redis.call('ZADD', prefix .. 'due', now() + life, participant.user)
  local place = participant.place
  for _, key in ipairs({ 'user:' .. participant.user, 'in:' .. place, 'place:' .. place, 'people:' .. place, 'session:' .. participant.session,
    'scope:' .. participant.scope, 'scopes', 'rings', 'due' }) do
    redis.call('PEXPIRE', prefix .. key, 86400000)
  end
end
