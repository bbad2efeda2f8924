-- Those go whom nobody has seen for too long, but who were seen just now.
-- ARGV[3..]: users. Answers those who are gone.
local present, answer = now(), {}
for at = 3, #ARGV do
  local user = ARGV[at]
  local participant, due = participant_of(user), redis.call('ZSCORE', prefix .. 'due', user)
  if not participant then
    redis.call('ZREM', prefix .. 'due', user)
  elseif not due or tonumber(due) <= present then
    answer[#answer + 1] = cjson.encode(remove(participant, nil))
  end
end
return answer
