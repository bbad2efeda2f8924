-- What all scripts begin with. ARGV[1] is what stands before every key.
local prefix = ARGV[1]

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
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

-- Somebody is there no more. The session ends with the last.
local function remove(participant)
  redis.call('DEL', prefix .. 'user:' .. participant.user)
  redis.call('ZREM', prefix .. 'due', participant.user)
  redis.call('ZREM', prefix .. 'in:' .. participant.place, participant.user)
  participant.ended = redis.call('ZCARD', prefix .. 'in:' .. participant.place) == 0
  if participant.ended then
    redis.call('DEL', prefix .. 'place:' .. participant.place, prefix .. 'in:' .. participant.place)
    redis.call('SREM', prefix .. 'scope:' .. participant.scope, participant.place)
  end
  return participant
end

-- They are there for `life` ms more. Beside that, what nobody clears away goes after a day.
local function renew(participant, life)
  redis.call('ZADD', prefix .. 'due', now() + life, participant.user)
  for _, key in ipairs({ 'user:' .. participant.user, 'in:' .. participant.place, 'place:' .. participant.place, 'scope:' .. participant.scope }) do
    redis.call('PEXPIRE', prefix .. key, 86400000)
  end
  redis.call('PEXPIRE', prefix .. 'due', 86400000)
end
