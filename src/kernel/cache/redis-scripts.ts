/**
 * Lua scripts, which Redis runs atomically. Each script names every key it touches in KEYS.
 *
 * A generation is a random text under a key of its own; deleting that key invalidates all entries that were written
 * under the generation. A lost generation (evicted, expired, flushed) therefore costs a miss and can never bring back
 * an outdated entry.
 */

/**
 * KEYS: lease, generations…  ARGV: a new random text, lease ms, generation ms, 1 to replace the lease. Returns all of
 * them.
 */
export const leaseScript = `
local found = {}
for i, key in ipairs(KEYS) do
  local life = i == 1 and ARGV[2] or ARGV[3]
  if i == 1 and ARGV[4] == '1' then
    redis.call('set', key, ARGV[1], 'px', life)
  elseif not redis.call('set', key, ARGV[1], 'px', life, 'nx') then
    redis.call('pexpire', key, life)
  end
  found[i] = redis.call('get', key)
end
return found
`;

/**
 * KEYS: lease, generations…, entry.  ARGV: their expected values…, text, ttl in seconds. Writes only when all are as
 * expected.
 */
export const writeScript = `
local last = #KEYS
for i = 1, last - 1 do
  if redis.call('get', KEYS[i]) ~= ARGV[i] then return 0 end
end
redis.call('set', KEYS[last], ARGV[last], 'ex', ARGV[last + 1])
return 1
`;

/**
 * KEYS: tally.  ARGV: window ms, limit. The same computation as in sliding-window.ts, by the clock of Redis, which all
 * nodes share.
 */
export const countScript = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local slot = math.floor(now / window)
local elapsed = now - slot * window
local tally = redis.call('hmget', KEYS[1], 'slot', 'current')
local current, previous = 0, 0
if tally[1] and tonumber(tally[1]) == slot then
  current = tonumber(tally[2])
  previous = tonumber(redis.call('hget', KEYS[1], 'previous'))
elseif tally[1] and tonumber(tally[1]) == slot - 1 then
  previous = tonumber(tally[2])
end
local allowed = previous * (1 - elapsed / window) + current + 1 <= limit
if allowed then
  current = current + 1
  redis.call('hset', KEYS[1], 'slot', slot, 'current', current, 'previous', previous)
  redis.call('pexpire', KEYS[1], 2 * window)
end
return { allowed and 1 or 0, current, previous, elapsed }
`;
