/**
 * Puts a job back that a worker was given while it closes: ahead of its equals, as if it had never been taken.
 *
 * `ARGV`: id, token of its lock. Answers 1 if it was this worker's.
 */
export const giveBack: string = String.raw`
local id = ARGV[1]
local key = base .. id
if rcall('GET', key .. ':lock') ~= ARGV[2] then return 0 end
rcall('DEL', key .. ':lock')
rcall('SREM', base .. 'stalled', id)
if rcall('LREM', base .. 'active', 1, id) == 0 then return 0 end
rcall('HINCRBY', key, 'ats', -1)
rcall('HDEL', key, 'processedOn')
local data = dataOf(id)
local level = data.l or 0
local caller = data.c and 'c' .. data.c or '-'
-- What has started since may have moved the virtual time past its tag, and its caller may have been forgotten.
local tag = math.max(tonumber(rcall('ZSCORE', queueOf(level, caller), id) or '0'), virtual(level, false))
rcall('ZADD', queueOf(level, caller), text(tag), id)
local last = tonumber(rcall('ZSCORE', ends(level), caller) or '0')
rcall('ZADD', ends(level), text(math.max(last, tag + (data.w or 1))), caller)
local priority, far = priorityOf(level, tag, field('B' .. level))
if far then rcall('HSET', LANE, 'far' .. level, 1) end
rcall('ZADD', PRIO, text(priority * SCORE), id)
rcall('ZADD', base .. 'marker', 0, '0')
return 1
`;
