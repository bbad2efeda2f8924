-- Who has to be seen soon, and who was not seen in time.
-- ARGV[3..]: how soon (ms), how many at most. Answers of each: user, device, '1' when the time is over.
local present, answer = now(), {}
local due = redis.call('ZRANGEBYSCORE', prefix .. 'due', '-inf', present + ARGV[3], 'WITHSCORES', 'LIMIT', 0, ARGV[4])
for at = 1, #due, 2 do
  answer[#answer + 1] = due[at]
  answer[#answer + 1] = redis.call('HGET', prefix .. 'user:' .. due[at], 'device') or ''
  answer[#answer + 1] = tonumber(due[at + 1]) <= present and '1' or '0'
end
return answer
