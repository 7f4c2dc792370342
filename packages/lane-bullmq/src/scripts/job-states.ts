/** Where a job stands, as functions for the scripts. They follow `fairTags`. */
export const jobStates: string = String.raw`
local function stateOf(id)
  if rcall('ZSCORE', PRIO, id) then return 'queued' end
  if rcall('LPOS', base .. 'active', id) then return 'running' end
  if rcall('ZSCORE', base .. 'completed', id) then return 'finished' end
  if rcall('ZSCORE', LANE .. ':cancelled', id) then return 'cancelled' end
  if rcall('ZSCORE', base .. 'failed', id) then
    local reason = rcall('HGET', base .. id, 'failedReason')
    if reason and string.sub(reason, 1, 16) == '{"e":"cancelled"' then return 'cancelled' end
    return 'failed'
  end
  if rcall('LPOS', base .. 'wait', id) then return 'running' end
  return ''
end

local function limitNow()
  local cap = rcall('HMGET', base .. 'meta', 'paused', 'concurrency')
  if cap[1] then return 0 end
  return tonumber(cap[2] or '-1')
end

local function setCap(cap)
  local meta, events = base .. 'meta', base .. 'events'
  if cap == '-1' then rcall('HDEL', meta, 'concurrency') else rcall('HSET', meta, 'concurrency', cap) end
  if cap == '0' then
    if rcall('HSET', meta, 'paused', 1) == 1 then rcall('XADD', events, '*', 'event', 'paused') end
    rcall('DEL', base .. 'marker')
    return
  end
  if rcall('HDEL', meta, 'paused') == 1 then rcall('XADD', events, '*', 'event', 'resumed') end
  if rcall('LLEN', base .. 'wait') + rcall('ZCARD', PRIO) > 0 then rcall('ZADD', base .. 'marker', 0, '0') end
end

local function clock()
  local time = rcall('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function tellEnd(id, from)
  if from then rcall('PUBLISH', LANE .. ':ends:' .. from, '{"id":' .. cjson.encode(id) .. '}') end
end

local function dataOf(id) return cjson.decode(rcall('HGET', base .. id, 'data') or '{}') end

local function submissionOf(id)
  local data = dataOf(id)
  return (data.f or '') .. ':' .. (data.n or 0)
end
`;
