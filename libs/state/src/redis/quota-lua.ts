import { LARGEST_PART } from "@fairlead/decision/balancing/quota/advance-quota";
import { SLICE_MS } from "@fairlead/decision/balancing/quota/quota-bucket";
import { ACCOUNT_MS, SHARE_MS } from "../quota-ledger.ts";

/**
 * What the scripts of the quota ledger share: the reckoning of quota-bucket.ts and advance-quota.ts, step by step.
 * KEYS[1] is the account (hash): rpm, tpm, burst, valid: its limits as last told; for requests (r) and tokens (t)
 * x:level and x:at of the bucket and x:<number> for each slice; swept: number up to which slices were removed.
 * Its shares are keys of their own that start with that name, so that one hash slot has them all.
 */
const SHARED_LUA = `
local SLICE, MINUTE = ${SLICE_MS}, 60000
local function time(given)
  if given ~= "" then return tonumber(given) end
  local parts = redis.call("TIME")
  return tonumber(parts[1]) * 1000 + math.floor(tonumber(parts[2]) / 1000)
end
local function load(name, limit, burst, valid, now)
  if limit == 0 then return nil end
  local bucket = { name = name, limit = limit, capacity = math.max(1, limit * burst), sum = 0, slices = {} }
  bucket.current = math.floor(now / SLICE)
  bucket.span = math.ceil((MINUTE + valid) / SLICE)
  local fields = { name .. ":level", name .. ":at" }
  for number = bucket.current - bucket.span, bucket.current do fields[#fields + 1] = name .. ":" .. number end
  local values = redis.call("HMGET", KEYS[1], unpack(fields))
  local level, at = tonumber(values[1] or bucket.capacity), tonumber(values[2] or now)
  bucket.level = math.min(bucket.capacity, level + math.max(0, now - at) * limit / MINUTE)
  for index = 3, #values do
    local amount = tonumber(values[index] or 0)
    bucket.slices[index - 2] = amount
    bucket.sum = bucket.sum + amount
  end
  return bucket
end
local function change_slice(bucket, number, amount)
  local index = number - bucket.current + bucket.span + 1
  if index < 1 or index > bucket.span + 1 then return end
  bucket.slices[index] = math.max(0, bucket.slices[index] + amount)
  redis.call("HSET", KEYS[1], bucket.name .. ":" .. number, string.format("%.0f", bucket.slices[index]))
end
local function hand_out(bucket, amount)
  if not bucket then return end
  bucket.level = bucket.level - amount
  change_slice(bucket, bucket.current, amount)
end
local function save(bucket, now)
  if not bucket then return end
  redis.call("HSET", KEYS[1], bucket.name .. ":level", string.format("%.9f", bucket.level),
    bucket.name .. ":at", string.format("%.0f", now))
end
local function sweep(current, span)
  local first, last = tonumber(redis.call("HGET", KEYS[1], "swept") or current - span - 1) + 1, current - span - 1
  local gone = {}
  for number = first, math.min(last, first + 100) do
    gone[#gone + 1] = "r:" .. number
    gone[#gone + 1] = "t:" .. number
  end
  if #gone > 0 then redis.call("HDEL", KEYS[1], unpack(gone)) end
  redis.call("HSET", KEYS[1], "swept", string.format("%.0f", last))
  redis.call("PEXPIRE", KEYS[1], ${ACCOUNT_MS})
end
`;

/** ARGV: now or empty, share, requests and tokens a minute, burst, ms valid, wanted requests and tokens, least tokens. */
export const ACQUIRE_LUA = `${SHARED_LUA}
local now, burst, valid = time(ARGV[1]), tonumber(ARGV[5]), tonumber(ARGV[6])
local requests = load("r", tonumber(ARGV[3]), burst, valid, now)
local tokens = load("t", tonumber(ARGV[4]), burst, valid, now)
local wanted_requests, wanted_tokens, least = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
least = math.max(least, math.min(1, wanted_tokens))
local function wait_for(bucket, amount)
  if not bucket then return 0 end
  if amount > bucket.limit then return math.huge end
  local wait = 0
  local missing = math.min(amount, bucket.capacity) - bucket.level
  if missing > 0.000001 then wait = missing * MINUTE / bucket.limit end
  local over = bucket.sum + amount - bucket.limit
  if over <= 0 then return wait end
  for index, slice in ipairs(bucket.slices) do
    over = over - slice
    if over <= 0 then
      return math.max(wait, (bucket.current - bucket.span + index - 1 + bucket.span + 1) * SLICE - now)
    end
  end
  return math.max(wait, (bucket.span + 1) * SLICE)
end
local function part_of(bucket, smallest, wanted)
  if not bucket then return wanted end
  local available = math.max(0, math.min(bucket.level, bucket.limit - bucket.sum))
  return math.min(wanted, math.max(smallest, math.floor(available * ${LARGEST_PART})))
end
local wait = math.max(wait_for(requests, 1), wait_for(tokens, least))
local answer
if wait > 0 then
  answer = { "wait", wait == math.huge and "never" or string.format("%.6f", wait) }
else
  local of_requests = part_of(requests, 1, math.max(1, wanted_requests))
  local of_tokens = part_of(tokens, least, math.max(least, wanted_tokens))
  hand_out(requests, of_requests)
  hand_out(tokens, of_tokens)
  local facts = string.format("%.0f:%.0f:%.0f:0", math.floor(now / SLICE), of_requests, of_tokens)
  redis.call("SET", KEYS[1] .. ":share:" .. ARGV[2], facts, "PX", ${SHARE_MS})
  answer = { "granted", string.format("%.0f", of_requests), string.format("%.0f", of_tokens) }
end
save(requests, now)
save(tokens, now)
redis.call("HSET", KEYS[1], "rpm", ARGV[3], "tpm", ARGV[4], "burst", ARGV[5], "valid", ARGV[6])
sweep(math.floor(now / SLICE), math.ceil((MINUTE + valid) / SLICE))
return answer
`;

/** ARGV: now or empty, share, unused requests, unused tokens, part. */
export const GIVE_BACK_LUA = `${SHARED_LUA}
local key = KEYS[1] .. ":share:" .. ARGV[2]
local share = redis.call("GET", key)
local limits = redis.call("HMGET", KEYS[1], "rpm", "tpm", "burst", "valid")
if not share or not limits[1] then return 0 end
local slice, of_requests, of_tokens, part = string.match(share, "^(%d+):(%d+):(%d+):(%d+)$")
if tonumber(ARGV[5]) < tonumber(part) then return 0 end
local now = time(ARGV[1])
local function back(name, limit, amount)
  local bucket = load(name, tonumber(limit), tonumber(limits[3]), tonumber(limits[4]), now)
  if not bucket then return end
  if amount < 0 then
    hand_out(bucket, -amount)
  else
    bucket.level = math.min(bucket.capacity, bucket.level + amount)
    change_slice(bucket, tonumber(slice), -amount)
  end
  save(bucket, now)
end
of_requests, of_tokens = tonumber(of_requests), tonumber(of_tokens)
local requests, tokens = math.min(of_requests, tonumber(ARGV[3])), math.min(of_tokens, tonumber(ARGV[4]))
back("r", limits[1], requests)
back("t", limits[2], tokens)
local left = string.format("%s:%.0f:%.0f:%.0f", slice, of_requests - math.max(0, requests),
  of_tokens - math.max(0, tokens), tonumber(ARGV[5]) + 1)
redis.call("SET", key, left, "KEEPTTL")
return 1
`;
