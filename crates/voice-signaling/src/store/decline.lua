-- Somebody does not want a call that rings them.
-- ARGV[3..]: user, the session. Answers the session as it was, and the call, when it is over by that.
local user, id = ARGV[3], ARGV[4]
local place = redis.call('GET', prefix .. 'session:' .. id)
local session = place and whole_session_at(place)
if not session or redis.call('HGET', prefix .. 'people:' .. place, user) ~= 'ringing' then return false end
return cjson.encode({ user = user, session = session, over = stop_ringing(session, user, 'declined', 'declined', user) })
