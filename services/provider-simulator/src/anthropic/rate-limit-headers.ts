const LIMITS = [
  ["requests", 4_000, 3_999],
  ["input-tokens", 400_000, 399_000],
  ["output-tokens", 80_000, 79_000],
  ["tokens", 480_000, 478_000],
] as const;

/** Gives the rate limit headers of Anthropic as name, value, name, value; they are written anew once a second. */
export function createRateLimitHeaders(): (nowMs: number) => readonly string[] {
  let second = -1;
  let headers: readonly string[] = [];
  return (nowMs) => {
    const current = Math.floor(nowMs / 1000);
    if (current !== second) {
      second = current;
      headers = writeHeaders(`${new Date(current * 1000).toISOString().slice(0, 19)}Z`);
    }
    return headers;
  };
}

function writeHeaders(reset: string): readonly string[] {
  return LIMITS.flatMap(([name, limit, remaining]) => {
    const stem = `anthropic-ratelimit-${name}`;
    return [`${stem}-limit`, String(limit), `${stem}-remaining`, String(remaining), `${stem}-reset`, reset];
  });
}
