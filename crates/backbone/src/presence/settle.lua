-- What is known of some people, once who is gone is left out; and what of it was not told yet.
-- KEYS[1] the gateways' leases, KEYS[2] who is seen to be there; ARGV[1] the prefix of people's keys, ARGV[2] whether to note
-- that it is told ("1") or only to look ("0"), ARGV[3] how long a key outlasts its last change, ms; then the people.
-- Answers, for each: what was told last, what is true, the message, when they were last seen.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local note = ARGV[2] == '1'
local leases, answer = {}, {}
local function alive(gateway)
  if leases[gateway] == nil then
    local until_ = redis.call('ZSCORE', KEYS[1], gateway)
    leases[gateway] = until_ and tonumber(until_) > now or false
  end
  return leases[gateway]
end
for at = 4, #ARGV do
  local user = ARGV[at]
  local key = ARGV[1] .. user
  local fields = redis.call('HGETALL', key)
  local there, active, chosen, message, told, seen = false, false, 'online', '', 'offline', ''
  for place = 1, #fields, 2 do
    local field, value = fields[place], fields[place + 1]
    if string.sub(field, 1, 2) == 'g:' then
      if alive(string.sub(field, 3)) then
        there = true
        active = active or value == 'a'
      elseif note then
        redis.call('HDEL', key, field)
      end
    elseif field == 'chosen' then chosen = value
    elseif field == 'message' then message = value
    elseif field == 'told' then told = value
    elseif field == 'seen' then seen = value
    end
  end
  local status = chosen
  if not there or chosen == 'offline' then status, message = 'offline', ''
  elseif chosen == 'online' and not active then status = 'away' end
  local is = status == 'offline' and status or (status .. '\n' .. message)
  if note and is ~= told then
    if status == 'offline' then
      seen = tostring(now)
      redis.call('HDEL', key, 'told')
      redis.call('HSET', key, 'seen', seen)
      redis.call('ZREM', KEYS[2], user)
    else
      redis.call('HSET', key, 'told', is)
      redis.call('ZADD', KEYS[2], 0, user)
    end
    redis.call('PEXPIRE', key, ARGV[3])
  end
  answer[#answer + 1] = told
  answer[#answer + 1] = status
  answer[#answer + 1] = message
  answer[#answer + 1] = seen
end
return answer
