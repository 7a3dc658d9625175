import type { ErrorFacts } from "./error-facts.ts";

const DAY_MS = 86_400_000;

/** Rate-limit windows as OpenAI, Groq and others name them, and as Anthropic does. */
const WINDOWS: readonly (readonly [remaining: string, reset: string])[] = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["x-ratelimit-remaining-requests-day", "x-ratelimit-reset-requests-day"],
  ["x-ratelimit-remaining-tokens-minute", "x-ratelimit-reset-tokens-minute"],
  ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
  ["anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"],
  ["anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"],
  ["anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
];

/**
 * Milliseconds that a provider asks to wait, from the most explicit hint to the vaguest: `retry-after-ms`,
 * `retry-after` in seconds or as a date, Google's RetryInfo, a wait written in the message, the reset of the window that
 * is used up. At most a day. Undefined: no hint.
 */
export function retryHintMs(headers: ReadonlyMap<string, string>, facts: ErrorFacts, now: number): number | undefined {
  const found =
    milliseconds(headers.get("retry-after-ms")) ??
    secondsOrDate(headers.get("retry-after"), now) ??
    span(facts.retryDelay) ??
    spokenWait(facts.message) ??
    windowReset(headers, now) ??
    windowReset(facts.headers, now);
  return found === undefined ? undefined : Math.min(Math.max(0, Math.ceil(found)), DAY_MS);
}

function milliseconds(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function secondsOrDate(text: string | undefined, now: number): number | undefined {
  const seconds = milliseconds(text);
  if (seconds !== undefined) return seconds * 1000;
  const length = span(text?.trim() ?? "");
  if (length !== undefined) return length;
  // A number that is none of the above, such as -5, would be taken for a year.
  const date = Date.parse(/[a-z:]/i.test(text ?? "") ? (text ?? "") : "");
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** A length of time such as "1h2m3.5s", "174ms" or "48.9s". */
function span(text: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,12})?(ms|h|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|h|m|s)/g)) total += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  return total;
}

/** One amount with its unit, as vendors write it: 1m1.5s, 174ms, 20 seconds, 2 hours. */
const AMOUNT = /(\d{1,9}(?:\.\d{1,12})?) ?(milliseconds?|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|h|days?|d)/y;
const BEFORE_WAIT = /(?:try again|retry|retrying|wait|replenished|resets?|available)(?: again)?(?: in| after| for)?:? /gi;

function spokenWait(message: string): number | undefined {
  for (const { index, 0: words } of message.matchAll(BEFORE_WAIT)) {
    const wait = amountsAt(message, index + words.length);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/** The amounts that stand together at a place; undefined where there are none, or where a word goes on behind them. */
function amountsAt(message: string, start: number): number | undefined {
  let total: number | undefined;
  let at = start;
  for (;;) {
    AMOUNT.lastIndex = at;
    const found = AMOUNT.exec(message);
    if (found === null) break;
    const [{ length }, amount, unit = ""] = found;
    total = (total ?? 0) + Number(amount) * unitMs(unit);
    at += length;
  }
  return /^\w/.test(message.slice(at, at + 1)) ? undefined : total;
}

function unitMs(unit: string): number {
  if (unit === "ms" || unit.startsWith("milli")) return 1;
  if (unit.startsWith("d")) return DAY_MS;
  return UNIT_MS[unit.charAt(0)] ?? 0;
}

function windowReset(headers: ReadonlyMap<string, string>, now: number): number | undefined {
  const waits = WINDOWS.flatMap(([remaining, reset]) => {
    const left = headers.get(remaining);
    const wait = resetWait(headers.get(reset), now);
    return wait === undefined || (left !== undefined && Number(left) > 0) ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function resetWait(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const length = span(text.trim());
  if (length !== undefined) return length;
  const number = milliseconds(text);
  // A number is seconds from now, or seconds or milliseconds since 1970.
  if (number !== undefined) return number < 1e9 ? number * 1000 : Math.max(0, (number < 1e12 ? number * 1000 : number) - now);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
