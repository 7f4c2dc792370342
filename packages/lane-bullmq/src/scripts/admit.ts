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
local claimed = rcall('ZRANGE', claims, 0, -1)
local isThere = {}
for at, id in ipairs(claimed) do isThere[at] = base .. id end
local there = 0
for from, to in batches(#claimed) do there = there + rcall('EXISTS', unpack(isThere, from, to)) end
if #claimed > 0 and there == #claimed then
  rcall('DEL', claims)
elseif #claimed > 0 then
  for at, id in ipairs(claimed) do
    if rcall('EXISTS', isThere[at]) == 1 then rcall('ZREM', claims, id) end
  end
  rcall('ZREMRANGEBYSCORE', claims, '-inf', now)
end
local isClaimed = there < #claimed
if cap ~= '' and rcall('HEXISTS', LANE, 'declared') == 0 then
  rcall('HSET', LANE, 'declared', 'restored')
  if cap ~= '-1' then rcall('HSET', base .. 'meta', 'concurrency', cap) end
  if cap == '0' then rcall('HSET', base .. 'meta', 'paused', 1) end
end

local before = rcall('ZCARD', claims)
local isDrained = before == 0
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
    ended[key] = { level = level, caller = caller, tag = tonumber(found or '0'), jobs = {} }
  end
  return ended[key]
end

local taken, newClaims = {}, {}
local function known(id)
  if rcall('EXISTS', base .. id) == 1 then return stateOf(id) end
  if taken[id] or (isClaimed and rcall('ZSCORE', claims, id)) then return 'queued' end
  return ''
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
  local state = known(id)
  local queued = 0
  if maxQueued >= 0 and not always then queued = rcall('ZCARD', PRIO) + before + #newClaims / 2 end
  if state ~= '' then
    answers[#answers + 1] = 'known ' .. state
  elseif maxQueued >= 0 and not always and queued >= maxQueued + free() then
    answers[#answers + 1] = 'full ' .. queued
  else
    local at = levelOf(level)
    local own = endOf(level, caller, at.virtual)
    local tag = math.max(at.virtual, own.tag)
    local _, far = priorityOf(level, tag, at.origin)
    if far and at.virtual > at.origin then
      rebase(level, at.virtual)
      at.origin = at.virtual
      _, far = priorityOf(level, tag, at.origin)
    end
    if far then rcall('HSET', LANE, 'far' .. level, 1) end
    own.jobs[#own.jobs + 1] = text(tag)
    own.jobs[#own.jobs + 1] = id
    own.tag = tag + weight
    taken[id] = true
    newClaims[#newClaims + 1] = now + claimMs
    newClaims[#newClaims + 1] = id
    answers[#answers + 1] = { level, tag }
  end
end
-- The base may have moved in between.
for at, answer in ipairs(answers) do
  if type(answer) == 'table' then answers[at] = priorityOf(answer[1], answer[2], levels[answer[1]].origin) end
end
for _, own in pairs(ended) do
  rcall('ZADD', ends(own.level), text(own.tag), own.caller)
  for from, to in batches(#own.jobs) do rcall('ZADD', queueOf(own.level, own.caller), unpack(own.jobs, from, to)) end
end
for from, to in batches(#newClaims) do rcall('ZADD', claims, unpack(newClaims, from, to)) end
return answers
`;
