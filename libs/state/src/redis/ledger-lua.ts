import { MAX_OVERRUN } from "../budget-ledger.ts";
import { DECIMAL_LUA } from "./decimal-lua.ts";

/**
 * What the scripts of the ledger share. KEYS[1] is the budget (hash: limit, kind, budget); its other keys start with
 * that name, so that one hash slot has them all:
 *   :lease  hash, lease -> returned(0|1):kind:start:amount:holder
 *   :left   hash, lease -> what of it is neither returned, settled nor swept
 *   :due    sorted set, lease by the time at which the sweep takes it
 *   :w:kind:start  hash of a window: settled, leased, overrun
 */
const SHARED_LUA = `${DECIMAL_LUA}
local LEASE, LEFT, DUE = KEYS[1] .. ":lease", KEYS[1] .. ":left", KEYS[1] .. ":due"
-- A window's books outlive it by 40 days, for settlements that come late.
local LASTS = { ["2"] = 3459600, ["3"] = 3542400, ["4"] = 4060800, ["5"] = 6134400 }
local function window_key(kind, start)
  return KEYS[1] .. ":w:" .. kind .. ":" .. start
end
local function add(window, field, amount)
  if amount ~= "0" then redis.call("HINCRBY", window, field, amount) end
end
local function unlease(window, amount)
  if amount == "0" then return end
  local leased = redis.call("HGET", window, "leased") or "0"
  redis.call("HSET", window, "leased", less(leased, amount) and "0" or minus(leased, amount))
end
local function books(window)
  local values = redis.call("HMGET", window, "settled", "leased", "overrun")
  return values[1] or "0", values[2] or "0", values[3] or "0"
end
local function lease_facts(lease)
  local known = redis.call("HGET", LEASE, lease)
  if not known then return nil end
  return string.match(known, "^(%d):(%d):(%-?%d+):(%d+):")
end
-- Takes up to an amount from what is left of a lease and tells how much it took.
local function take(lease, amount, window)
  local left = redis.call("HGET", LEFT, lease) or "0"
  local taken = lesser(amount, left)
  if taken == left then
    redis.call("HDEL", LEFT, lease)
    redis.call("HDEL", LEASE, lease)
    redis.call("ZREM", DUE, lease)
  else
    redis.call("HSET", LEFT, lease, minus(left, taken))
  end
  unlease(window, taken)
  return taken
end
`;

/** ARGV: lease, holder, minimum (1 or more), wanted, hold until, most leases, then the starts of kinds 2 to 5. */
export const GRANT_LUA = `${SHARED_LUA}
local budget = redis.call("HMGET", KEYS[1], "limit", "kind")
local limit, kind = budget[1], budget[2]
if not limit or not LASTS[kind] then return { "unknown" } end
local returned, old_kind, old_start, amount = lease_facts(ARGV[1])
if returned then return { "granted", amount, old_start, old_kind } end
local start = ARGV[5 + tonumber(kind)]
local window = window_key(kind, start)
local settled, leased, overrun = books(window)
local gone = plus(plus(settled, leased), overrun)
if less(limit, gone) then return { "refused", "-" .. minus(gone, limit), leased, kind } end
local remaining, least, wanted = minus(limit, gone), ARGV[3], ARGV[4]
if less(remaining, least) or redis.call("ZCARD", DUE) >= tonumber(ARGV[6]) then
  return { "refused", remaining, leased, kind }
end
local fair = quarter(remaining)
local most = less(fair, least) and least or fair
local share = less(wanted, least) and least or lesser(wanted, most)
add(window, "leased", share)
redis.call("EXPIRE", window, LASTS[kind])
redis.call("HSET", LEASE, ARGV[1], "0:" .. kind .. ":" .. start .. ":" .. share .. ":" .. ARGV[2])
redis.call("HSET", LEFT, ARGV[1], share)
redis.call("ZADD", DUE, ARGV[5], ARGV[1])
return { "granted", share, start, kind }
`;

/** ARGV: lease, unused. */
export const RETURN_LUA = `${SHARED_LUA}
local returned, kind, start = lease_facts(ARGV[1])
if returned ~= "0" then return "0" end
local known = redis.call("HGET", LEASE, ARGV[1])
redis.call("HSET", LEASE, ARGV[1], "1" .. string.sub(known, 2))
return take(ARGV[1], ARGV[2], window_key(kind, start))
`;

/** KEYS[2]: mark of the event. ARGV: ms to remember, cost, then per hold: lease, amount, starts of kinds 2 to 5. */
export const SETTLE_LUA = `${SHARED_LUA}
local budget = redis.call("HMGET", KEYS[1], "limit", "kind")
local limit, kind = budget[1], budget[2]
if not limit or not LASTS[kind] then return { "unknown_budget", "0", "0" } end
if not redis.call("SET", KEYS[2], "", "PX", ARGV[1], "NX") then return { "duplicate", "0", "0" } end
local cost, uncharged, window = ARGV[2], ARGV[2], nil
for i = 3, #ARGV, 6 do
  local lease, amount = ARGV[i], ARGV[i + 1]
  local returned, lease_kind, start = lease_facts(lease)
  if returned then
    window = window_key(lease_kind, start)
    local charge = lesser(take(lease, amount, window), uncharged)
    add(window, "settled", charge)
    uncharged = minus(uncharged, charge)
  else
    window = window_key(kind, ARGV[i + tonumber(kind)])
  end
end
local over = "0"
if uncharged ~= "0" then
  local settled, leased, overrun = books(window)
  local gone = plus(settled, leased)
  local room = less(limit, gone) and "0" or minus(limit, gone)
  local charge = lesser(uncharged, room)
  add(window, "settled", charge)
  over = minus(uncharged, charge)
  if less(overrun, "${MAX_OVERRUN}") then add(window, "overrun", over) end
end
redis.call("EXPIRE", window, LASTS[kind])
return { "settled", minus(cost, over), over }
`;

/** ARGV: now, most leases to release. Answers how many were released and their amount. */
export const SWEEP_LUA = `${SHARED_LUA}
local due = redis.call("ZRANGEBYSCORE", DUE, "-inf", ARGV[1], "LIMIT", 0, ARGV[2])
local released = "0"
for _, lease in ipairs(due) do
  local returned, kind, start = lease_facts(lease)
  if returned then
    local left = redis.call("HGET", LEFT, lease) or "0"
    released = plus(released, take(lease, left, window_key(kind, start)))
  end
  redis.call("ZREM", DUE, lease)
end
return { #due, released }
`;
