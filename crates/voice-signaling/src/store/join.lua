-- Somebody comes to a place, from wherever they are.
-- ARGV: prefix, user, place, scope, the version of their right, their device, a session's id if there is none yet, how many
-- may be there, how long they are there unseen (ms), the session that they must be in, if they are moved; whether they may
-- speak; then their flags: muted, deafened, video, screen. Without a device and flags they keep theirs.
local user, place, scope, version, device, fresh = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local limit, life, from, speaks = tonumber(ARGV[8]), ARGV[9], ARGV[10], ARGV[11]
local was = participant_of(user)
if from ~= '' and (not was or was.session ~= from) then return cjson.encode({ outcome = 'gone' }) end
local flags = { muted = ARGV[12], deafened = ARGV[13], video = ARGV[14], screen = ARGV[15] }
for _, name in ipairs({ 'muted', 'deafened', 'video', 'screen' }) do
  if flags[name] == '' then flags[name] = was and was[name] or '0' end
end
if device == '' then device = was.device end
local again = was and was.place == place and was.device == device
local there = redis.call('ZSCORE', prefix .. 'in:' .. place, user)
if not there and redis.call('ZCARD', prefix .. 'in:' .. place) >= limit then
  return cjson.encode({ outcome = 'full' })
end
if speaks == '0' then flags.video, flags.screen = '0', '0' end
local left
if was and not again then left = remove(was) end
local session, created = redis.call('HGET', prefix .. 'place:' .. place, 'session'), false
local moment = now()
if not session then
  session, created = fresh, true
  redis.call('HSET', prefix .. 'place:' .. place, 'session', fresh, 'scope', scope, 'started', moment, 'by', user)
  redis.call('SADD', prefix .. 'scope:' .. scope, place)
end
local quiet = hash(prefix .. 'quiet:' .. scope .. ':' .. user)
redis.call('HSET', prefix .. 'user:' .. user, 'place', place, 'session', session, 'scope', scope, 'version', version,
  'device', device, 'joined', again and was.joined or moment, 'speaks', speaks,
  'hushed', quiet.hushed or '0', 'deaf', quiet.deaf or '0',
  'muted', flags.muted, 'deafened', flags.deafened, 'video', flags.video, 'screen', flags.screen)
if not again then redis.call('ZADD', prefix .. 'in:' .. place, moment, user) end
local participant = participant_of(user)
renew(participant, life)
return cjson.encode({ outcome = again and 'again' or 'joined', created = created, left = left, participant = participant })
