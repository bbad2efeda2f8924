-- Calls that have rung for long enough: whoever has not answered by now has missed them.
-- ARGV[3]: how many at most. Answers for each who rings no more the session as it was, and the call, when it is over by that.
local answer = {}
for _, place in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'rings', '-inf', moment, 'LIMIT', 0, ARGV[3])) do
  redis.call('ZREM', prefix .. 'rings', place)
  local session = whole_session_at(place)
  for _, user in ipairs(session and session.ringing or {}) do
    answer[#answer + 1] = cjson.encode({ user = user, session = session, over = stop_ringing(session, user, 'missed', 'missed', nil) })
  end
end
return answer
