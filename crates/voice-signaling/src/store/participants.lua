-- Where some people are. ARGV[3..]: the people. Answers those who are somewhere.
local answer = {}
for at = 3, #ARGV do
  local participant = participant_of(ARGV[at])
  if participant then answer[#answer + 1] = cjson.encode(participant) end
end
return answer
