/**
 * Takes in jobs in one step: refuses known ids and full queues, gives each of the others its tag and adds it, as BullMQ does
 * for a job with a priority: the same row, events, place and marker. A batch that is sent again after its answer was lost is
 * known by its number, whatever has become of its jobs, and gets the same answer.
 *
 * `ARGV`: maxQueued (-1 for none), cap to restore if Redis has lost it (`""` for none known), the jobs as JSON: id, caller,
 * level, weight, 1 if it is taken whatever is queued, name, data; the process, the number of its batch, 1 if it is surely sent
 * for the first time. Answers, for each that was refused: its place among them and `"known <state>"` or `"full <queued>"`, in
 * turn; or `"unsure"`, having done nothing, if Redis has forgotten what this process has sent.
 */
export const admit: string = String.raw`
local maxQueued, cap = tonumber(ARGV[1]), ARGV[2]
local sent, number = LANE .. ':sent:' .. ARGV[4], ARGV[5]
local last = rcall('GET', sent)
if not last and ARGV[6] ~= '1' then return 'unsure' end
if last and string.match(last, '^%d+') == number then return cjson.decode(string.sub(last, #number + 2)) end

local now = clock()
if cap ~= '' and rcall('HEXISTS', LANE, 'declared') == 0 then
  rcall('HSET', LANE, 'declared', 'restored')
  setCap(cap)
end

local levels = {}
local function levelOf(level)
  if not levels[level] then
    local at = virtual(level, true)
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
    if found then rcall('ZREMRANGEBYSCORE', queueOf(level, caller), '-inf', '(' .. text(at)) end
    ended[key] = { level = level, caller = caller, tag = tonumber(found or '0'), jobs = {} }
  end
  return ended[key]
end

local taken, isTaken = {}, {}
local function known(id)
  if rcall('EXISTS', base .. id) == 1 then return stateOf(id) end
  return isTaken[id] and 'queued' or ''
end

local waiting = maxQueued >= 0 and rcall('ZCARD', PRIO) or 0
local limit = limitNow()
local free = limit < 0 and math.huge or math.max(0, limit - rcall('LLEN', base .. 'active'))

local answers = {}
local function refuse(at, why)
  answers[#answers + 1] = at
  answers[#answers + 1] = why
end

for place, job in ipairs(cjson.decode(ARGV[3])) do
  local id, caller, level, weight, always, name, data = unpack(job)
  local state = known(id)
  if state ~= '' then
    refuse(place, 'known ' .. state)
  elseif maxQueued >= 0 and always ~= 1 and waiting + #taken >= maxQueued + free then
    refuse(place, 'full ' .. waiting + #taken)
  else
    local at = levelOf(level)
    local own = endOf(level, caller, at.virtual)
    local tag = math.max(at.virtual, own.tag)
    local _, far = priorityOf(level, tag, at.origin)
    if far and isWorthMoving(at.virtual, at.origin) then
      rebase(level, at.virtual)
      at.origin = at.virtual
    end
    own.jobs[#own.jobs + 1] = text(tag)
    own.jobs[#own.jobs + 1] = id
    own.tag = tag + weight
    isTaken[id] = true
    taken[#taken + 1] = { id, name, data, level, tag }
  end
end
if #taken == 0 then return answers end

-- From here on the bases stay where they are.
local counter = rcall('INCRBY', base .. 'pc', #taken) - #taken
local events, places = base .. 'events', {}
for at, job in ipairs(taken) do
  local id, name, data, level, tag = unpack(job)
  local origin = levels[level]
  local priority, far = priorityOf(level, tag, origin.origin)
  origin.far = origin.far or far
  local opts = '{"jobId":' .. cjson.encode(id) .. ',"priority":' .. priority .. ',"attempts":1}'
  rcall('HSET', base .. id, 'name', name, 'data', data, 'opts', opts, 'timestamp', now, 'delay', 0, 'priority', priority)
  rcall('XADD', events, '*', 'event', 'added', 'jobId', id, 'name', name)
  rcall('XADD', events, 'MAXLEN', '~', 10000, '*', 'event', 'waiting', 'jobId', id)
  places[#places + 1] = text(priority * SCORE + (counter + at) % SCORE)
  places[#places + 1] = id
end
for level, at in pairs(levels) do
  if at.far then rcall('HSET', LANE, 'far' .. level, 1) end
end
for _, own in pairs(ended) do
  rcall('ZADD', ends(own.level), text(own.tag), own.caller)
  for from, to in batches(#own.jobs) do rcall('ZADD', queueOf(own.level, own.caller), unpack(own.jobs, from, to)) end
end
for from, to in batches(#places) do rcall('ZADD', PRIO, unpack(places, from, to)) end
if free > 0 then rcall('ZADD', base .. 'marker', 0, '0') end
rcall('SET', sent, number .. ' ' .. cjson.encode(answers), 'EX', 86400)
return answers
`;
