/**
 * What has to be done now and then, by whichever process comes first: jobs of dead workers are failed, queues move up into
 * gaps, bases follow their lanes, and aborts of jobs that have ended are forgotten.
 *
 * `ARGV`: the end of an interrupted job (JSON). Answers: cap (-1 for none), the last cap that was declared ("" if Redis does not
 * know this lane, "restored" if a submit has told it, "set" if only a person has), the aborts that are still to be obeyed, as id and
 * order in turn, the ids of the jobs that were failed, and how many gaps are left: for each of them it has to be called again.
 */
export const tend: string = String.raw`
local now = clock()
local interrupted = {}
local function interrupt(list, id)
  local key = base .. id
  rcall('LREM', base .. list, 1, id)
  rcall('HSET', key, 'failedReason', ARGV[1], 'finishedOn', now)
  rcall('HDEL', key, 'defa')
  rcall('ZADD', base .. 'failed', now, id)
  rcall('XADD', base .. 'events', 'MAXLEN', '~', 10000, '*', 'event', 'failed', 'jobId', id, 'failedReason', ARGV[1])
  tellEnd(id, dataOf(id).f)
  interrupted[#interrupted + 1] = id
end
for _, id in ipairs(rcall('LRANGE', base .. 'wait', 0, -1)) do
  if rcall('HEXISTS', base .. id, 'defa') == 1 then interrupt('wait', id) end
end
-- BullMQ takes and locks a job in one step: without a lock it has been given up, whoever still works.
for _, id in ipairs(rcall('LRANGE', base .. 'active', 0, -1)) do
  if rcall('EXISTS', base .. id .. ':lock') == 0 then interrupt('active', id) end
end
local limit = limitNow()
local isFree = limit < 0 or rcall('LLEN', base .. 'active') < limit
if #interrupted > 0 and isFree then rcall('ZADD', base .. 'marker', 0, '0') end

if rcall('HGET', base .. 'meta', 'max') == '1000000000000' and rcall('PTTL', base .. 'limiter') < 0 then
  rcall('HDEL', base .. 'meta', 'max', 'duration')
end

local gap = rcall('HRANDFIELD', LANE .. ':gaps', 1, 'WITHVALUES')
if gap[1] then
  local level, caller = string.match(gap[1], '^(%d+):(.*)$')
  rcall('HDEL', LANE .. ':gaps', gap[1])
  moveUp(tonumber(level), caller, math.max(tonumber(gap[2]), virtual(tonumber(level), false)))
end

for level = 0, 7 do
  if rcall('HEXISTS', LANE, 'far' .. level) == 1 then
    local at = virtual(level, false)
    if isWorthMoving(at, field('B' .. level)) then rebase(level, at) end
  end
end

local aborts = rcall('HGETALL', LANE .. ':aborts')
local open = {}
for at = 1, #aborts, 2 do
  local isMeant = cjson.decode(aborts[at + 1]).s == submissionOf(aborts[at])
  if isMeant and rcall('LPOS', base .. 'active', aborts[at]) then
    open[#open + 1] = aborts[at]
    open[#open + 1] = aborts[at + 1]
  else
    rcall('HDEL', LANE .. ':aborts', aborts[at])
  end
end
return { limit, rcall('HGET', LANE, 'declared') or '', open, interrupted, rcall('HLEN', LANE .. ':gaps') }
`;
