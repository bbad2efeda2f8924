-- Some people are there, by this gateway.
-- KEYS[1] the gateway's people; ARGV[1] the prefix of people's keys, ARGV[2] the gateway, ARGV[3] how long a key outlasts its
-- last change, ms; then for each: id, 'a' or 'i', and what they chose: its version, status and message (an empty version:
-- it is not said).
for at = 4, #ARGV, 5 do
  local user, version = ARGV[at], ARGV[at + 2]
  local key = ARGV[1] .. user
  redis.call('HSET', key, 'g:' .. ARGV[2], ARGV[at + 1])
  redis.call('SADD', KEYS[1], user)
  if version ~= '' then
    local known = redis.call('HGET', key, 'version')
    if not known or tonumber(known) <= tonumber(version) then
      redis.call('HSET', key, 'version', version, 'chosen', ARGV[at + 3], 'message', ARGV[at + 4])
    end
  end
  redis.call('PEXPIRE', key, ARGV[3])
end
