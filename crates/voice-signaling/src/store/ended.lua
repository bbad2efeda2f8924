-- Calls that are over and were not written down yet. ARGV[3]: about how many.
local found, answer = redis.call('HSCAN', prefix .. 'ended', 0, 'COUNT', ARGV[3])[2], {}
for at = 2, #found, 2 do answer[#answer + 1] = found[at] end
return answer
