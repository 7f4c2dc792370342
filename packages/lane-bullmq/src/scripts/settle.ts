/** A job that was aborted and then rejected counts as cancelled, not as failed. `ARGV`: id. */
export const countAsCancelled: string = String.raw`
local id = ARGV[1]
local at = rcall('ZSCORE', base .. 'failed', id)
if not at then return 0 end
rcall('ZREM', base .. 'failed', id)
rcall('ZADD', LANE .. ':cancelled', at, id)
return 1
`;
/** Deletes cancelled jobs that ended before an instant (`ARGV[1]`), at most `ARGV[2]`. Answers how many. */
export const sweepCancelled: string = String.raw`
local set = LANE .. ':cancelled'
local ids = rcall('ZRANGEBYSCORE', set, '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  rcall('ZREM', set, id)
  rcall('DEL', base .. id, base .. id .. ':logs')
end
return #ids
`;
