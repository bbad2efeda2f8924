-- Somebody chose how to be seen: noted when they are there, and nothing newer is.
-- KEYS[1] the person; ARGV version, status, message.
if redis.call('EXISTS', KEYS[1]) == 1 then
  local known = redis.call('HGET', KEYS[1], 'version')
  if not known or tonumber(known) <= tonumber(ARGV[1]) then
    redis.call('HSET', KEYS[1], 'version', ARGV[1], 'chosen', ARGV[2], 'message', ARGV[3])
  end
end
