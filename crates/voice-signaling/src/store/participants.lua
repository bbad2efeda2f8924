-- Where some people are. ARGV: prefix, then the people. Answers those who are somewhere.
local answer = {}
for at = 2, #ARGV do
  local participant = participant_of(ARGV[at])
  if participant then answer[#answer + 1] = cjson.encode(participant) end
end
return answer
