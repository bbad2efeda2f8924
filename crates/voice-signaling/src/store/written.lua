-- Calls were written down. ARGV[3..]: their ids.
for at = 3, #ARGV do redis.call('HDEL', prefix .. 'ended', ARGV[at]) end
return 0
