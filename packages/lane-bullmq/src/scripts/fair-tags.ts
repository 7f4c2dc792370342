/**
 * Start-time fair queueing (Goyal, Vin, Cheng 1996) on the priorities of BullMQ, as functions for the scripts.
 *
 * A job's tag is where its caller's work stands when it begins: the later of the level's virtual time `V`, which is the
 * lowest tag that waits, and the end of the caller's job before. Tags grow without end and BullMQ has 21 bits for a priority:
 * three of them are the level, the rest is the tag's distance from the level's base `B`. A tag that is too far off waits at
 * the last distance, first come first served, until the base moves; the true tags are kept for that.
 *
 * Keys of a lane, below the queue's own: `lane` (hash: V and B of each level and more), `lane:F:<level>` (callers by the
 * end of their last job), `lane:C:<level>:<caller>` (a caller's jobs by tag), `lane:gaps` (callers of whose queue a part has
 * still to move up, and from which tag on), `lane:aborts`, `lane:cancelled`, `lane:sent:<process>` (its last batch, for a day).
 */
export const fairTags: string = String.raw`
local base = KEYS[1]
local rcall = redis.call
local PRIO = base .. 'prioritized'
local LANE = base .. 'lane'
local LEVEL = 262144
local LAST = LEVEL - 2
local SCORE = 4294967296

local function batches(count)
  local at = 1
  return function()
    if at > count then return nil end
    local from = at
    at = math.min(count, at + 999) + 1
    return from, at - 1
  end
end

local function text(number) return string.format('%.17g', number) end
local function ends(level) return LANE .. ':F:' .. level end
local function queueOf(level, caller) return LANE .. ':C:' .. level .. ':' .. caller end
local function field(name) return tonumber(rcall('HGET', LANE, name) or '0') end

local function priorityOf(level, tag, origin)
  local distance = math.floor(tag - origin)
  if distance < 0 then distance = 0 end
  local far = distance > LAST
  if far then distance = LAST end
  return level * LEVEL + distance + 1, far
end

local function lowest(level)
  local from, to = level * LEVEL * SCORE, (level + 1) * LEVEL * SCORE
  local found = rcall('ZRANGEBYSCORE', PRIO, text(from), '(' .. text(to), 'WITHSCORES', 'LIMIT', 0, 1)
  if not found[1] then return nil end
  return math.floor(tonumber(found[2]) / SCORE) - level * LEVEL - 1
end

local function forget(level)
  for _, caller in ipairs(rcall('ZRANGE', ends(level), 0, -1)) do rcall('DEL', queueOf(level, caller)) end
  rcall('DEL', ends(level))
  rcall('HDEL', LANE, 'V' .. level, 'B' .. level, 'far' .. level)
end

local function virtual(level, isDrained)
  local distance = lowest(level)
  local before = field('V' .. level)
  if distance == nil then
    if not isDrained then return before end
    if before > 0 or rcall('EXISTS', ends(level)) == 1 then forget(level) end
    return 0
  end
  local now = field('B' .. level) + distance
  if now <= before then return before end
  rcall('HSET', LANE, 'V' .. level, text(now))
  return now
end

local function place(level, id, tag, origin)
  local score = rcall('ZSCORE', PRIO, id)
  if not score then return false end
  local priority, far = priorityOf(level, tag, origin)
  rcall('ZADD', PRIO, 'XX', text(priority * SCORE + tonumber(score) % SCORE), id)
  return far
end

-- It costs a step for each job of the level.
local function isWorthMoving(now, origin) return now - origin >= LEVEL / 8 end

local function rebase(level, now)
  local isFar = false
  for _, caller in ipairs(rcall('ZRANGE', ends(level), 0, -1)) do
    local jobs = rcall('ZRANGEBYSCORE', queueOf(level, caller), text(now), '+inf', 'WITHSCORES')
    for at = 1, #jobs, 2 do
      if place(level, jobs[at], tonumber(jobs[at + 1]), now) then isFar = true end
    end
  end
  rcall('HSET', LANE, 'B' .. level, text(now))
  if not isFar then rcall('HDEL', LANE, 'far' .. level) end
end

local function dropIdle(level, now)
  for _, caller in ipairs(rcall('ZRANGEBYSCORE', ends(level), '-inf', '(' .. text(now), 'LIMIT', 0, 100)) do
    rcall('DEL', queueOf(level, caller))
    rcall('ZREM', ends(level), caller)
  end
end

local function moved(level, caller, id, tag, origin)
  if not rcall('ZSCORE', PRIO, id) then return false end
  rcall('ZADD', queueOf(level, caller), text(tag), id)
  if place(level, id, tag, origin) then rcall('HSET', LANE, 'far' .. level, 1) end
  return true
end

local function closeGap(level, caller, from, weight)
  local jobs = rcall('ZRANGEBYSCORE', queueOf(level, caller), text(from), '+inf', 'WITHSCORES', 'LIMIT', 0, 65)
  local origin = field('B' .. level)
  for at = 1, math.min(#jobs, 128), 2 do moved(level, caller, jobs[at], tonumber(jobs[at + 1]) - weight, origin) end
  if #jobs <= 128 then
    rcall('ZINCRBY', ends(level), text(-weight), caller)
    return false
  end
  local gap = level .. ':' .. caller
  local before = rcall('HGET', LANE .. ':gaps', gap)
  if not before or tonumber(before) > from then rcall('HSET', LANE .. ':gaps', gap, text(from)) end
  return true
end

local function moveUp(level, caller, due)
  local jobs = rcall('ZRANGEBYSCORE', queueOf(level, caller), text(due), '+inf', 'WITHSCORES', 'LIMIT', 0, 250)
  local origin = field('B' .. level)
  for at = 1, #jobs, 2 do
    local id, tag = jobs[at], tonumber(jobs[at + 1])
    if due < tag and moved(level, caller, id, due, origin) then tag = due end
    local data = rcall('HGET', base .. id, 'data')
    due = tag + (data and cjson.decode(data).w or 1)
  end
  local gap = level .. ':' .. caller
  if #jobs == 500 then rcall('HSET', LANE .. ':gaps', gap, text(due))
  else rcall('ZADD', ends(level), text(due), caller) end
end
`;
