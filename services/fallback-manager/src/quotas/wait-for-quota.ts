import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import { targetKey } from "@fairlead/decision/balancing/adapter-directory";
import type { LoadBoard } from "../load-board.ts";
import type { ProviderQuotas, ReleaseQuota } from "./provider-quotas.ts";

/** Who waits, and for how long at most. */
export interface QuotaTerms {
  readonly tenant: string;
  readonly expectedTokens: number;
  readonly signal: AbortSignal;
  /** Unix milliseconds by which the request must have ended. */
  readonly deadline: number;
}

/** Whether a target's account has limits that a call has to wait for. */
export function isLimited({ limits }: PlannedAttempt): boolean {
  return limits !== undefined && (limits.requestsPerMinute > 0 || limits.tokensPerMinute > 0n);
}

/**
 * Waits until the account of a target lets a call through. While it waits the call counts as queued.
 *
 * @throws FairleadError RATE_LIMITED where that would take too long
 */
export async function waitForQuota(quotas: ProviderQuotas, loads: LoadBoard, planned: PlannedAttempt, terms: QuotaTerms): Promise<ReleaseQuota> {
  const { limits } = planned;
  if (limits === undefined) return () => undefined;
  const sent = loads.wait(planned);
  try {
    return await quotas.acquire({
      account: limits.quotaAccount === "" ? targetKey(planned) : limits.quotaAccount,
      limits: { requestsPerMinute: limits.requestsPerMinute, tokensPerMinute: limits.tokensPerMinute },
      tenant: terms.tenant,
      tokens: terms.expectedTokens,
      signal: terms.signal,
      deadline: terms.deadline,
    });
  } finally {
    sent();
  }
}

/** Tokens of a call as accounts count them, in and out. */
export function countedTokens(usage: TokenUsage | undefined): number {
  if (usage === undefined) return 0;
  const { inputTokens, cacheReadTokens, cacheWriteTokens, audioInputTokens, imageInputTokens } = usage;
  const { outputTokens, reasoningTokens, audioOutputTokens, imageOutputTokens } = usage;
  const input = inputTokens + cacheReadTokens + cacheWriteTokens + audioInputTokens + imageInputTokens;
  return input + outputTokens + reasoningTokens + audioOutputTokens + imageOutputTokens;
}
