-- The generic cell rate algorithm over several buckets at once: gcra.rs in Redis.
--
-- KEYS: the buckets. Each holds the moment at which it will be full again; one that is full has no key.
-- ARGV: now, the cost (negative: give back), then for each bucket its interval and its capacity. All times are
--       microseconds, the moments since 1970: whole numbers below 2^53, which Lua's numbers hold exactly.
-- Answers 1 when all were charged or 0 when none was, then for each bucket when it would have been full.

local now, cost = tonumber(ARGV[1]), tonumber(ARGV[2])
local answer, after = { 1 }, {}

for i, key in ipairs(KEYS) do
  local interval, capacity = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local full_at = tonumber(redis.call('GET', key) or now) or now
  local before = math.min(math.max(full_at, now), now + capacity)
  after[i] = math.max(before + cost * interval, now)
  answer[i + 1] = before
  if cost > 0 and after[i] - now > capacity then
    answer[1] = 0
  end
end

if answer[1] == 1 then
  for i, key in ipairs(KEYS) do
    if after[i] > now then
      redis.call('SET', key, string.format('%.0f', after[i]), 'PX', math.ceil((after[i] - now) / 1000))
    else
      redis.call('DEL', key)
    end
  end
end

return answer
