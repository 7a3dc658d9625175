/**
 * Exact arithmetic in Lua, whose numbers are doubles: amounts are decimal strings of whole numbers from 0 on without
 * leading zeros. Sums and differences work on two halves of which each is far below 2^53.
 */
export const DECIMAL_LUA = `
local BASE = 1000000000
local function halves(a)
  return tonumber(string.sub(a, 1, -10)) or 0, tonumber(string.sub(a, -9))
end
local function decimal(high, low)
  if high == 0 then return string.format("%.0f", low) end
  return string.format("%.0f%09.0f", high, low)
end
local function less(a, b)
  return #a < #b or (#a == #b and a < b)
end
local function lesser(a, b)
  if less(b, a) then return b end
  return a
end
local function plus(a, b)
  local ah, al = halves(a)
  local bh, bl = halves(b)
  local high, low = ah + bh, al + bl
  if low >= BASE then high = high + 1; low = low - BASE end
  return decimal(high, low)
end
-- a - b, for b up to a
local function minus(a, b)
  local ah, al = halves(a)
  local bh, bl = halves(b)
  local high, low = ah - bh, al - bl
  if low < 0 then high = high - 1; low = low + BASE end
  return decimal(high, low)
end
local function quarter(a)
  local high, low = halves(a)
  return decimal(math.floor(high / 4), math.floor(((high % 4) * BASE + low) / 4))
end
`;
