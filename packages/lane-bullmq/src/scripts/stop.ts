/**
 * Takes a queued job out, or has a running one told to stop, whichever `ARGV[2]` ("cancel", "abort", "either") allows.
 *
 * `ARGV`: id, what may be done, the end of a cancelled job (JSON), the message to whoever runs it (JSON), which is completed by
 * which submit of that id is meant. Answers `"taken"`, `"taken-gap"` (a part of its caller's queue has still to move up) or
 * `"aborting <submission>"` if it was done, else the job's state, `""` for an unknown one. Whoever removes the job from the set of
 * the queued has won: a worker takes it from the same set.
 */
export const stop: string = String.raw`
local id, may = ARGV[1], ARGV[2]
if may ~= 'abort' then
  if rcall('ZREM', PRIO, id) == 1 then
    local key = base .. id
    local data = dataOf(id)
    local now = clock()
    rcall('HSET', key, 'failedReason', ARGV[3], 'finishedOn', now)
    rcall('ZADD', LANE .. ':cancelled', now, id)
    rcall('XADD', base .. 'events', 'MAXLEN', '~', 10000, '*', 'event', 'removed', 'jobId', id, 'prev', 'prioritized')
    local level, caller = data.l or 0, data.c and 'c' .. data.c or '-'
    local queue = queueOf(level, caller)
    local tag = rcall('ZSCORE', queue, id)
    rcall('ZREM', queue, id)
    local hasGap = tag and closeGap(level, caller, tonumber(tag), data.w or 1)
    tellEnd(id, data.f)
    return hasGap and 'taken-gap' or 'taken'
  end
end
-- The same call, whose answer was lost.
if may ~= 'abort' and rcall('HGET', base .. id, 'failedReason') == ARGV[3] then return 'taken' end
if may ~= 'cancel' and rcall('LPOS', base .. 'active', id) then
  local submission = submissionOf(id)
  local order = '{"s":"' .. submission .. '",' .. string.sub(ARGV[4], 2)
  rcall('HSET', LANE .. ':aborts', id, order)
  rcall('PUBLISH', LANE .. ':orders', order)
  return 'aborting ' .. submission
end
return stateOf(id)
`;
