import type { QuotaAnswer, QuotaAsk, QuotaReturn } from "@fairlead/decision/balancing/quota/advance-quota";

/** What is handed out of the limits of providers' accounts, over all processes. All methods reject with StateError. */
export interface QuotaLedger {
  /**
   * Hands out a share of an account's limits, at once and in one step, or tells how long to wait. An account that was
   * not asked for in ten minutes is forgotten: by then, all of its limits can be handed out again.
   */
  acquire(account: string, ask: QuotaAsk): Promise<QuotaAnswer>;
  /**
   * Takes back what was not used of a share, or counts what was used beyond it.
   * Resolves to whether that had an effect: not for a part that came before, nor two minutes after it was handed out.
   */
  giveBack(account: string, back: QuotaReturn): Promise<boolean>;
}

/** How long an account is remembered that nobody asks for. */
export const ACCOUNT_MS = 600_000;
/** How long a share is remembered for giving back. */
export const SHARE_MS = 120_000;
/** Accounts that one process keeps by itself; the one asked for longest ago makes room. */
export const MAX_ACCOUNTS = 10_000;
