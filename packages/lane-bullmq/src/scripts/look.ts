/**
 * Where jobs stand and how they ended. `ARGV`: ids. Answers, for each: state, position (-1 unless queued), "1" if the
 * position can change before its turn, the returned value and the reason of a failure (both JSON, `""` for none).
 */
export const look: string = String.raw`
local held = rcall('PTTL', base .. 'limiter') > 0 and tonumber(rcall('GET', base .. 'limiter') or '0') > 1e15
local unsure = held or limitNow() == 0
local answers = {}
for at = 1, #ARGV do
  local id = ARGV[at]
  local state = stateOf(id)
  local position, moves = -1, unsure and '1' or '0'
  local ended = { false, false }
  if state == 'queued' then
    position = rcall('ZRANK', PRIO, id) or -1
    local score = rcall('ZSCORE', PRIO, id)
    if score and (math.floor(tonumber(score) / SCORE) - 1) % LEVEL == LAST then moves = '1' end
  elseif state ~= '' and state ~= 'running' then
    ended = rcall('HMGET', base .. id, 'returnvalue', 'failedReason')
  end
  answers[at] = { state, position, moves, ended[1] or '', ended[2] or '', held and '1' or '0' }
end
return answers
`;
