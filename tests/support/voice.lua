-- What must be true of voice sessions in Redis, whatever happened. ARGV[1]: the prefix. Answers a sentence for each way in which it
-- is not.
local prefix, broken = ARGV[1], {}
local function say(...) broken[#broken + 1] = table.concat({ ... }, ' ') end
local function named(kind)
  local names = {}
  for _, key in ipairs(redis.call('KEYS', prefix .. kind .. ':*')) do names[#names + 1] = string.sub(key, #prefix + #kind + 2) end
  return names
end
for _, user in ipairs(named('user')) do
  local place, session = unpack(redis.call('HMGET', prefix .. 'user:' .. user, 'place', 'session'))
  if redis.call('HGET', prefix .. 'place:' .. place, 'session') ~= session then say(user, 'is in no session') end
  if not redis.call('ZSCORE', prefix .. 'in:' .. place, user) then say(user, 'is not among those who are there') end
  if not redis.call('ZSCORE', prefix .. 'due', user) then say(user, 'is never looked at') end
end
for _, place in ipairs(named('in')) do
  for _, user in ipairs(redis.call('ZRANGE', prefix .. 'in:' .. place, 0, -1)) do
    if redis.call('HGET', prefix .. 'user:' .. user, 'place') ~= place then say(user, 'is there and elsewhere') end
  end
end
for _, place in ipairs(named('place')) do
  local session, kind, scope, direct, answered = unpack(redis.call('HMGET', prefix .. 'place:' .. place, 'session', 'kind', 'scope', 'direct', 'answered'))
  local there, ringing = redis.call('ZCARD', prefix .. 'in:' .. place), 0
  for _, part in ipairs(redis.call('HVALS', prefix .. 'people:' .. place)) do
    if part == 'ringing' then ringing = ringing + 1 end
  end
  if there == 0 then say(session, 'has nobody') end
  if redis.call('GET', prefix .. 'session:' .. session) ~= place then say(session, 'is not found by its id') end
  if redis.call('SISMEMBER', prefix .. 'scope:' .. scope, place) == 0 or redis.call('SISMEMBER', prefix .. 'scopes', scope) == 0 then
    say(session, 'is not found by its scope')
  end
  if (ringing > 0) ~= (redis.call('ZSCORE', prefix .. 'rings', place) and true or false) then say(session, 'rings for ever, or nobody') end
  if kind == 'call' and not answered and (ringing == 0 or there ~= 1) then say(session, 'waits for nobody') end
  if direct == '1' and answered and (ringing > 0 or there ~= 2) then say(session, 'is a call of two, and of', there) end
end
for _, kind in ipairs({ 'session', 'people' }) do
  for _, name in ipairs(named(kind)) do
    local place = kind == 'people' and name or redis.call('GET', prefix .. 'session:' .. name)
    if redis.call('EXISTS', prefix .. 'place:' .. place) == 0 then say('a', kind, 'is left of', place) end
  end
end
if redis.call('HLEN', prefix .. 'ended') > 0 then say('calls are over and not written down') end
return broken
