import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";

/** Passes over all requests before the clock counts, and after. */
const PASSES = { before: 3, counted: 5 } as const;
const MOST = 2_000;

/** Microseconds of analysing one request, over several passes. */
export interface Speed {
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
}

/** Times the whole analysis of each request. */
export function measureSpeed(requests: readonly ChatRequest[]): Speed {
  const some = requests.slice(0, MOST);
  for (let pass = 0; pass < PASSES.before; pass++) for (const request of some) analyzeRequest(request);
  const times: number[] = [];
  for (let pass = 0; pass < PASSES.counted; pass++) {
    for (const request of some) {
      const start = performance.now();
      analyzeRequest(request);
      times.push((performance.now() - start) * 1_000);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), calls: times.length };
}
