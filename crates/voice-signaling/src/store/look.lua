-- The sessions at some places, or of some scopes.
-- ARGV: prefix, 'place' or 'scope', then their ids. Answers each session with who is there, in the order of coming.
local places = {}
for at = 3, #ARGV do
  if ARGV[2] == 'place' then places[#places + 1] = ARGV[at]
  else
    for _, place in ipairs(redis.call('SMEMBERS', prefix .. 'scope:' .. ARGV[at])) do places[#places + 1] = place end
  end
end
local answer = {}
for _, place in ipairs(places) do
  local session, people = hash(prefix .. 'place:' .. place), {}
  for _, user in ipairs(redis.call('ZRANGE', prefix .. 'in:' .. place, 0, -1)) do
    people[#people + 1] = participant_of(user)
  end
  if session.session and #people > 0 then
    session.place, session.people = place, people
    answer[#answer + 1] = cjson.encode(session)
  end
end
return answer
