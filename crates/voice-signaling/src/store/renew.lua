-- Some people are there still, by these devices.
-- ARGV[3..]: for how long (ms), then users and devices. Answers the scope and the version of the right of each.
local answer = {}
for at = 4, #ARGV, 2 do
  local participant = participant_of(ARGV[at])
  if participant and participant.device == ARGV[at + 1] then
    renew(participant, ARGV[3])
    answer[#answer + 1] = participant.scope
    answer[#answer + 1] = participant.version
  end
end
return answer
