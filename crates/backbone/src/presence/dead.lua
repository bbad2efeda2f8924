-- A gateway whose lease has ended, and that nobody else is clearing up after.
-- KEYS[1] the gateways' leases; ARGV[1] the prefix of the marks of who clears up, ARGV[2] how long a mark lasts, ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, gateway in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  if redis.call('SET', ARGV[1] .. gateway, '1', 'NX', 'PX', ARGV[2]) then return gateway end
end
return false
