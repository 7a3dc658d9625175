const BUDGETS: Readonly<Record<string, number | undefined>> = { low: 32, medium: 64, high: 128, xhigh: 256 };

/** Tokens that a reasoning model spends at most before it answers; 0 unless an effort is asked for. */
export function reasoningBudget(effort: unknown): number {
  return BUDGETS[String(effort)] ?? 0;
}
