-- The sessions of some scopes, or with some ids.
-- ARGV[3..]: 'scope' or 'session', then ids. Answers each session with who is there, in the order of coming.
local places = {}
if ARGV[3] == 'scope' then
  for first = 4, #ARGV, 1000 do
    local last = math.min(first + 999, #ARGV)
    -- Few of them have a session.
    for at, has in ipairs(redis.call('SMISMEMBER', prefix .. 'scopes', unpack(ARGV, first, last))) do
      if has == 1 then
        for _, place in ipairs(redis.call('SMEMBERS', prefix .. 'scope:' .. ARGV[first + at - 1])) do places[#places + 1] = place end
      end
    end
  end
else
  for at = 4, #ARGV do
    places[#places + 1] = redis.call('GET', prefix .. 'session:' .. ARGV[at]) or nil
  end
end
local answer = {}
for _, place in ipairs(places) do
  local session = whole_session_at(place)
  if session then answer[#answer + 1] = cjson.encode(session) end
end
return answer
