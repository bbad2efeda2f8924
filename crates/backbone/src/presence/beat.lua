-- A gateway lives on.
-- KEYS[1] the gateways' leases; ARGV the gateway, the lease, ms. Answers whether its lease had not ended.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local had = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return (had and tonumber(had) > now) and 1 or 0
