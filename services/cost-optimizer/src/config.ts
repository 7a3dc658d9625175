import { create } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, BudgetWindow, CapAction } from "@fairlead/contracts/cost/v1/budget";
import { checkBudget } from "@fairlead/decision/cost/check-budget";
import { defineConfig } from "@fairlead/runtime/config";
import { defineLinks } from "@fairlead/runtime/links";
import { z } from "zod";

const WINDOWS = {
  request: BudgetWindow.REQUEST,
  hour: BudgetWindow.HOUR,
  day: BudgetWindow.DAY,
  week: BudgetWindow.WEEK,
  month: BudgetWindow.MONTH,
} as const;
const MOST_NANO_USD = 1_000_000_000_000_000_000n;

const milliseconds = (fallback: number, least = 1) =>
  z.coerce.number().int().min(least).max(86_400_000).default(fallback);
const days = (fallback: number, most: number) => z.coerce.number().int().min(1).max(most).default(fallback);
const payer = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9_.@:-]*$/)
  .default("");

/** Dollars with at most nine decimals, as a number or a text, to nano-dollars. */
const dollars = z
  .union([z.string(), z.number()])
  .transform((value) => String(value))
  .pipe(z.string().regex(/^\d{1,10}(\.\d{1,9})?$/, "expected dollars with at most nine decimals"))
  .transform(toNanoUsd)
  .refine((amount) => amount <= MOST_NANO_USD, "expected at most a billion dollars");

const CAP_ACTIONS = { refuse: CapAction.REFUSE, free_model: CapAction.FREE_MODEL } as const;
const percent = z.number("expected a whole percent from 1 to 100").int().min(1).max(100);

const budget = z
  .strictObject({
    /** Name, unique in the mesh. */
    id: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[a-zA-Z0-9_.-]+$/),
    /** "all" bounds all spend; without it at least one of the following is named. */
    scope: z.literal("all").optional(),
    /** Whose spend it bounds; what is left out matches all. */
    tenant: payer,
    user: payer,
    project: payer,
    provider: z.string().max(64).default(""),
    model: z.string().max(256).default(""),
    window: z.enum(["request", "hour", "day", "week", "month"]),
    limitUsd: dollars,
    /** Percents of the limit at which alerts are told, rising. Default 50, 70, 85 and 95. */
    alertPercents: z.array(percent).max(16).default([]),
    /** Strategy from the economy percent on. Default cost. */
    economyStrategy: z.string().max(64).default(""),
    /** Percent from which on the economy strategy is used. Default 85. */
    economyPercent: percent.optional(),
    /** Percent from which on requests of low priority are throttled. Default 95. */
    emergencyPercent: percent.optional(),
    /** What becomes of requests for which there is no room. Default refuse. */
    capAction: z.enum(["refuse", "free_model"]).default("refuse"),
  })
  .superRefine((entry, context) => {
    const named = [entry.tenant, entry.user, entry.project, entry.provider, entry.model].some((name) => name !== "");
    if (named === (entry.scope === undefined)) return;
    const message = named
      ? "expected no scope beside the names of who is bounded"
      : "expected all, or a tenant, user, project, provider or model";
    context.addIssue({ code: "custom", path: ["scope"], message });
  })
  .transform(toBudget)
  .superRefine((one, context) => {
    const finding = checkBudget(one);
    if (finding !== undefined)
      context.addIssue({ code: "custom", path: [KEYS[finding.field]], message: finding.expected });
  });

const KEYS = {
  alert_percents: "alertPercents",
  economy_strategy: "economyStrategy",
  emergency_percent: "emergencyPercent",
} as const;

/** What the service connects to. */
export const costOptimizerLinks = defineLinks({ nats: true, redis: true });

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
    /** Days for which an hour's spend is kept. */
    spendRetentionDays: days(92, 400),
    /** Days for which decisions are kept, for replay. */
    decisionRetentionDays: days(7, 31),
    /** Budgets that are always there; more can be put at run time. */
    budgets: z
      .array(budget)
      .max(1_000)
      .default([])
      .refine(
        (budgets) => new Set(budgets.map(({ budgetId }) => budgetId)).size === budgets.length,
        "an id is used twice",
      ),
  }),
  environment: {
    FAIRLEAD_COST_LEASE_MS: "leaseMs",
    FAIRLEAD_COST_HOLD_MS: "holdMs",
    FAIRLEAD_COST_REFRESH_MS: "refreshMs",
    FAIRLEAD_COST_POLL_MS: "pollMs",
    FAIRLEAD_COST_SWEEP_MS: "sweepMs",
    FAIRLEAD_COST_SPEND_RETENTION_DAYS: "spendRetentionDays",
    FAIRLEAD_COST_DECISION_RETENTION_DAYS: "decisionRetentionDays",
  },
});

export type CostOptimizerConfig = z.infer<(typeof costOptimizerConfig)["schema"]>;

const DAY_MS = 86_400_000;

/** How long state is kept, as its drivers take it. */
export function retentionOf(config: Pick<CostOptimizerConfig, "spendRetentionDays" | "decisionRetentionDays">) {
  return {
    spendRetentionMs: config.spendRetentionDays * DAY_MS,
    decisionRetentionMs: config.decisionRetentionDays * DAY_MS,
  };
}

function toNanoUsd(text: string): bigint {
  const [whole = "0", decimals = ""] = text.split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, "0"));
}

interface BudgetEntry {
  readonly id: string;
  readonly scope?: "all" | undefined;
  readonly tenant: string;
  readonly user: string;
  readonly project: string;
  readonly provider: string;
  readonly model: string;
  readonly window: keyof typeof WINDOWS;
  readonly limitUsd: bigint;
  readonly alertPercents: number[];
  readonly economyStrategy: string;
  readonly economyPercent?: number | undefined;
  readonly emergencyPercent?: number | undefined;
  readonly capAction: keyof typeof CAP_ACTIONS;
}

function toBudget({ id, window, limitUsd, capAction, ...entry }: BudgetEntry): Budget {
  const { tenant, user, project, provider, model } = entry;
  return create(BudgetSchema, {
    budgetId: id,
    scope: { tenant, user, project, provider, model },
    window: WINDOWS[window],
    limitNanoUsd: limitUsd,
    alertPercents: entry.alertPercents,
    economyStrategy: entry.economyStrategy,
    economyPercent: entry.economyPercent ?? 0,
    emergencyPercent: entry.emergencyPercent ?? 0,
    capAction: CAP_ACTIONS[capAction],
  });
}
