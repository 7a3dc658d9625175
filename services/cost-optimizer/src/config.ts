import { create } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { defineConfig } from "@fairlead/runtime/config";
import { z } from "zod";

const WINDOWS = {
  request: BudgetWindow.REQUEST,
  hour: BudgetWindow.HOUR,
  day: BudgetWindow.DAY,
  week: BudgetWindow.WEEK,
  month: BudgetWindow.MONTH,
} as const;
const MOST_NANO_USD = 1_000_000_000_000_000_000n;

const milliseconds = (fallback: number, least = 1) => z.coerce.number().int().min(least).max(86_400_000).default(fallback);
const payer = z.string().max(128).regex(/^[a-zA-Z0-9_.@:-]*$/).default("");

/** Dollars with at most nine decimals, as a number or a text, to nano-dollars. */
const dollars = z
  .union([z.string(), z.number()])
  .transform((value) => String(value))
  .pipe(z.string().regex(/^\d{1,10}(\.\d{1,9})?$/, "expected dollars with at most nine decimals"))
  .transform(toNanoUsd)
  .refine((amount) => amount <= MOST_NANO_USD, "expected at most a billion dollars");

const budget = z
  .strictObject({
    /** Name, unique in the mesh. */
    id: z.string().min(1).max(128).regex(/^[a-zA-Z0-9_.-]+$/),
    /** Whose spend it bounds; what is left out matches all. */
    tenant: payer,
    user: payer,
    project: payer,
    provider: z.string().max(64).default(""),
    model: z.string().max(256).default(""),
    window: z.enum(["request", "hour", "day", "week", "month"]),
    limitUsd: dollars,
  })
  .transform(toBudget);

/** How budgets are kept and shared out. */
export const costOptimizerConfig = defineConfig({
  section: "costOptimizer",
  schema: z.strictObject({
    /** Milliseconds in which a router may reserve from a lease. */
    leaseMs: milliseconds(30_000),
    /** Milliseconds after that in which its requests may still settle: the longest that a request takes. */
    holdMs: milliseconds(600_000),
    /** Milliseconds between two tellings of what changed here. */
    refreshMs: milliseconds(250, 10),
    /** Milliseconds between two readings of all budgets, for what changed elsewhere. */
    pollMs: milliseconds(1_000, 10),
    /** Milliseconds between two sweeps of leases that are over. */
    sweepMs: milliseconds(5_000, 10),
    /** Budgets that are always there; more can be put at run time. */
    budgets: z
      .array(budget)
      .max(1_000)
      .default([])
      .refine((budgets) => new Set(budgets.map(({ budgetId }) => budgetId)).size === budgets.length, "an id is used twice"),
  }),
  environment: {
    FAIRLEAD_COST_LEASE_MS: "leaseMs",
    FAIRLEAD_COST_HOLD_MS: "holdMs",
    FAIRLEAD_COST_REFRESH_MS: "refreshMs",
    FAIRLEAD_COST_POLL_MS: "pollMs",
    FAIRLEAD_COST_SWEEP_MS: "sweepMs",
  },
});

export type CostOptimizerConfig = z.infer<(typeof costOptimizerConfig)["schema"]>;

function toNanoUsd(text: string): bigint {
  const [whole = "0", decimals = ""] = text.split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, "0"));
}

interface BudgetEntry {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly project: string;
  readonly provider: string;
  readonly model: string;
  readonly window: keyof typeof WINDOWS;
  readonly limitUsd: bigint;
}

function toBudget({ id, window, limitUsd, ...scope }: BudgetEntry): Budget {
  return create(BudgetSchema, { budgetId: id, scope, window: WINDOWS[window], limitNanoUsd: limitUsd });
}
