/**
 * Changes the cap, in one step: whoever dies after it has changed all of it. A cap of 0 pauses the queue, which is what BullMQ
 * documents for it; any other wakes a worker that waits, which would look again only after a second.
 *
 * `ARGV`: cap (-1 for none), and why. `"set"` by a person, which is noted only where no process has declared anything: else it would
 * look as if Redis had lost it. All others are kept as the last that a process was started with: `"follow"` of one that follows a
 * function, `"declare"` of one that starts, which changes something only if it is another than the last one, so that a restart does
 * not undo what was set meanwhile, and `"restore"` if Redis has lost it and nobody was faster.
 */
export const cap: string = String.raw`
local cap, why, last = ARGV[1], ARGV[2], rcall('HGET', LANE, 'declared')
if why == 'declare' and last == cap then return 0 end
if why == 'restore' and last and last ~= 'restored' then return 0 end
if why ~= 'set' then rcall('HSET', LANE, 'declared', cap) else rcall('HSETNX', LANE, 'declared', 'set') end
-- A submit that came first has set it already.
if why ~= 'restore' or not last then setCap(cap) end
return 1
`;
