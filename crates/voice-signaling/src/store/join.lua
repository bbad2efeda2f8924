-- Somebody comes to a place, from wherever they are.
-- ARGV[3]: as JSON, a `Join` (arguments.rs).
local join = cjson.decode(ARGV[3])
local user, place = join.user, join.place
local was, session = participant_of(user), session_at(place)
local here = was and was.place == place
if join.from and (not was or was.session ~= join.from) then return cjson.encode({ outcome = 'gone' }) end
if join.only and (not session or session.session ~= join.only) then return cjson.encode({ outcome = 'gone' }) end
if session and session.kind ~= join.kind then return cjson.encode({ outcome = 'other' }) end
local device = join.device or was.device
local again = here and was.device == device
-- A call is answered by one device.
if join.answers and here and not again then return cjson.encode({ outcome = 'answered' }) end
if not here and redis.call('ZCARD', prefix .. 'in:' .. place) >= join.limit then
  return cjson.encode({ outcome = 'full' })
end
local function word(flag) return flag and '1' or '0' end
local call = join.call
if call and call.direct and not session then
  local other = participant_of(call.ring[1])
  if other and other.kind == 'call' then
    local refused = { session = join.fresh, place = place, scope = join.scope, started = moment, by = user, direct = '1', video = word(call.video) }
    return cjson.encode({ outcome = 'busy', over = conclude(refused, 'busy', nil, { [user] = 'joined', [call.ring[1]] = 'missed' }) })
  end
end
local flags = {}
for _, name in ipairs({ 'muted', 'deafened', 'video', 'screen' }) do
  if join.flags then
    flags[name] = word(join.flags[name])
  else
    flags[name] = (here or join.from) and was[name] or '0'
  end
end
if not join.speaks then flags.video, flags.screen = '0', '0' end
local left
if here and not again then
  left = was
  if was.kind == 'call' then left.others = redis.call('ZRANGE', prefix .. 'in:' .. place, 0, -1) end
elseif was and not here then
  left = remove(was, nil)
end
local created = not session
if created then
  session = { session = join.fresh, kind = join.kind }
  redis.call('HSET', prefix .. 'place:' .. place, 'session', join.fresh, 'kind', join.kind, 'scope', join.scope, 'started', moment, 'by', user)
  if join.title then redis.call('HSET', prefix .. 'place:' .. place, 'title', join.title) end
  redis.call('SET', prefix .. 'session:' .. join.fresh, place)
  redis.call('SADD', prefix .. 'scope:' .. join.scope, place)
  redis.call('SADD', prefix .. 'scopes', join.scope)
  if call then
    redis.call('HSET', prefix .. 'place:' .. place, 'direct', word(call.direct), 'video', word(call.video), 'version', join.version, 'rings', call.until_ms)
    redis.call('HSET', prefix .. 'people:' .. place, user, 'joined')
    for _, other in ipairs(call.ring) do redis.call('HSET', prefix .. 'people:' .. place, other, 'ringing') end
    redis.call('ZADD', prefix .. 'rings', call.until_ms, place)
  end
elseif session.kind == 'call' and not here then
  if not session.answered then
    session.answered = since(session.started)
    redis.call('HSET', prefix .. 'place:' .. place, 'answered', session.answered)
  end
  stop_ringing(session, user, 'joined')
end
local quiet = hash(prefix .. 'quiet:' .. join.scope .. ':' .. user)
redis.call('HSET', prefix .. 'user:' .. user, 'place', place, 'session', session.session, 'kind', join.kind, 'scope', join.scope, 'version', join.version,
  'device', device, 'joined', again and was.joined or moment, 'speaks', word(join.speaks),
  'hushed', quiet.hushed or '0', 'deaf', quiet.deaf or '0',
  'muted', flags.muted, 'deafened', flags.deafened, 'video', flags.video, 'screen', flags.screen)
if not again then redis.call('ZADD', prefix .. 'in:' .. place, now(), user) end
local participant = participant_of(user)
renew(participant, join.unseen)
return cjson.encode({ outcome = again and 'again' or 'joined', created = created, left = left, participant = participant })
