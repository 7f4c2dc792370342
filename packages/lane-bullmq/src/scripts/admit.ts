/**
 * Takes in jobs that are about to be added: refuses known ids and full queues, and gives each of the others its tag. An id
 * is claimed until its job is there, for `claimMs` at most.
 *
 * `ARGV`: claimMs, maxQueued (-1 for none), cap to restore if Redis has lost it (`""` for none known), and the jobs as JSON: id,
 * caller, level, weight, 1 if it is taken whatever is queued. Answers, for each job: its priority, or `"known <state>"`, or
 * `"full <queued>"`.
 */
export const admit: string = String.raw`
local claims = LANE .. ':claims'
local claimMs, maxQueued, cap = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local now = clock()
local settled = {}
for _, id in ipairs(rcall('ZRANGE', claims, 0, -1)) do
  if rcall('EXISTS', base .. id) == 1 then settled[#settled + 1] = id end
end
for from, to in batches(#settled) do rcall('ZREM', claims, unpack(settled, from, to)) end
rcall('ZREMRANGEBYSCORE', claims, '-inf', now)
if cap ~= '' and rcall('HEXISTS', LANE, 'declared') == 0 then
  rcall('HSET', LANE, 'declared', 'restored')
  if cap ~= '-1' then rcall('HSET', base .. 'meta', 'concurrency', cap) end
  if cap == '0' then rcall('HSET', base .. 'meta', 'paused', 1) end
end

local isDrained = rcall('ZCARD', claims) == 0
local levels = {}
local function levelOf(level)
  if not levels[level] then
    local at = virtual(level, isDrained)
    dropIdle(level, at)
    levels[level] = { virtual = at, origin = field('B' .. level) }
  end
  return levels[level]
end

local ended = {}
local function endOf(level, caller, at)
  local key = level .. ':' .. caller
  if not ended[key] then
    local found = rcall('ZSCORE', ends(level), caller)
    rcall('ZREMRANGEBYSCORE', queueOf(level, caller), '-inf', '(' .. text(at))
    ended[key] = { level = level, caller = caller, tag = tonumber(found or '0') }
  end
  return ended[key]
end

local function known(id)
  if rcall('EXISTS', base .. id) == 1 then return stateOf(id) end
  return rcall('ZSCORE', claims, id) and 'queued' or ''
end

local function free()
  local limit = limitNow()
  if limit < 0 then return math.huge end
  return math.max(0, limit - rcall('LLEN', base .. 'active'))
end

local answers = {}
for _, job in ipairs(cjson.decode(ARGV[4])) do
  local id, caller, level, weight, always = unpack(job)
  always = always == 1
  local before = known(id)
  local queued = 0
  if maxQueued >= 0 and not always then queued = rcall('ZCARD', PRIO) + rcall('ZCARD', claims) end
  if before ~= '' then
    answers[#answers + 1] = 'known ' .. before
  elseif maxQueued >= 0 and not always and queued >= maxQueued + free() then
    answers[#answers + 1] = 'full ' .. queued
  else
    local state = levelOf(level)
    local own = endOf(level, caller, state.virtual)
    local tag = math.max(state.virtual, own.tag)
    local _, far = priorityOf(level, tag, state.origin)
    if far and state.virtual > state.origin then
      rebase(level, state.virtual)
      state.origin = state.virtual
      _, far = priorityOf(level, tag, state.origin)
    end
    if far then rcall('HSET', LANE, 'far' .. level, 1) end
    rcall('ZADD', queueOf(level, caller), text(tag), id)
    own.tag = tag + weight
    rcall('ZADD', claims, now + claimMs, id)
    answers[#answers + 1] = { level, tag }
  end
end
-- The base may have moved in between.
for at, answer in ipairs(answers) do
  if type(answer) == 'table' then answers[at] = priorityOf(answer[1], answer[2], levels[answer[1]].origin) end
end
for _, own in pairs(ended) do rcall('ZADD', ends(own.level), text(own.tag), own.caller) end
return answers
`;
