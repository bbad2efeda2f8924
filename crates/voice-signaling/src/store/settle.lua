-- Rights were read again, at a version: who has lost theirs goes.
-- ARGV: prefix, the version, then for each who was looked at: user, session, the version of their right when they were, and
-- '-' (they may not be there), '0' (they may not speak) or '1'. Who has come under another right since is left alone.
local version, answer = ARGV[2], {}
for at = 3, #ARGV, 4 do
  local participant, may = participant_of(ARGV[at]), ARGV[at + 3]
  if participant and participant.session == ARGV[at + 1] and participant.version == ARGV[at + 2] then
    if may == '-' then
      answer[#answer + 1] = cjson.encode({ left = remove(participant) })
    else
      local fields = { version = version, speaks = may }
      if may == '0' then fields.video, fields.screen = '0', '0' end
      local changed = false
      for field, value in pairs(fields) do
        if participant[field] ~= value then
          redis.call('HSET', prefix .. 'user:' .. participant.user, field, value)
          participant[field] = value
          changed = changed or field ~= 'version'
        end
      end
      if changed then answer[#answer + 1] = cjson.encode({ participant = participant }) end
    end
  end
end
return answer
