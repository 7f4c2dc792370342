/** Nothing starts for so many milliseconds (`ARGV[1]`), unless it is held for longer already. Answers "1" if it was changed. */
export const hold: string = String.raw`
local key = base .. 'limiter'
local ms = tonumber(ARGV[1])
local left = rcall('PTTL', key)
if left >= ms and tonumber(rcall('GET', key) or '0') > 1e15 then return 0 end
rcall('SET', key, '9007199254740991', 'PX', ms)
-- Bounds nothing: with a limit BullMQ looks at that key, and costs a little more at every start.
rcall('HSET', base .. 'meta', 'max', '1000000000000', 'duration', 1000)
return 1
`;
