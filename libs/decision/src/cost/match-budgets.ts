import type { Budget, BudgetScope } from "@fairlead/contracts/cost/v1/budget";

/** Who asks; an empty field is nobody. */
export interface Payer {
  readonly tenant: string;
  readonly user: string;
  readonly project: string;
}

/** What may be called. */
export interface PricedTarget {
  readonly provider: string;
  readonly model: string;
}

/** A budget that bounds a request, and the targets (by position) whose cost counts against it. */
export interface BudgetMatch {
  readonly budget: Budget;
  readonly targets: readonly number[];
}

/** Budgets by the fields that their scope names. Made by `indexBudgets`. */
export interface BudgetIndex {
  readonly groups: readonly BudgetGroup[];
}

/** Budgets whose scopes name the same fields: at most 32 groups, whatever the number of budgets. */
interface BudgetGroup {
  readonly fields: number;
  readonly byKey: ReadonlyMap<string, readonly Budget[]>;
}

const TENANT = 1;
const USER = 2;
const PROJECT = 4;
const PROVIDER = 8;
const MODEL = 16;

const NO_TARGET: PricedTarget = { provider: "", model: "" };

/** Groups budgets so that matching looks up a handful of keys. Budgets without a scope bound every request. */
export function indexBudgets(budgets: Iterable<Budget>): BudgetIndex {
  const groups = new Map<number, Map<string, Budget[]>>();
  for (const budget of budgets) {
    const fields = fieldsOf(budget.scope);
    const byKey = groups.get(fields) ?? new Map<string, Budget[]>();
    groups.set(fields, byKey);
    const key = budget.scope === undefined ? "" : keyOf(fields, budget.scope, budget.scope);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [budget]);
    else same.push(budget);
  }
  return { groups: Array.from(groups, ([fields, byKey]) => ({ fields, byKey })) };
}

/**
 * The budgets that bound a request which may go to any of the targets. Takes at most 32 look-ups per target, whatever
 * the number of budgets and tenants.
 *
 * @returns each budget once, in no particular order
 */
export function matchBudgets(index: BudgetIndex, payer: Payer, targets: readonly PricedTarget[]): BudgetMatch[] {
  const matches: BudgetMatch[] = [];
  const all = targets.map((_, position) => position);
  for (const group of index.groups) {
    if ((group.fields & (PROVIDER | MODEL)) === 0) {
      const budgets = group.byKey.get(keyOf(group.fields, payer, NO_TARGET));
      if (budgets !== undefined) for (const budget of budgets) matches.push({ budget, targets: all });
    } else {
      matchTargets(group, payer, targets, matches);
    }
  }
  return matches;
}

function matchTargets(group: BudgetGroup, payer: Payer, targets: readonly PricedTarget[], matches: BudgetMatch[]): void {
  const positions = new Map<string, number[]>();
  targets.forEach((target, position) => {
    const key = keyOf(group.fields, payer, target);
    const seen = positions.get(key);
    if (seen !== undefined) seen.push(position);
    else if (group.byKey.has(key)) positions.set(key, [position]);
  });
  for (const [key, found] of positions) {
    for (const budget of group.byKey.get(key) ?? []) matches.push({ budget, targets: found });
  }
}

function fieldsOf(scope: BudgetScope | undefined): number {
  if (scope === undefined) return 0;
  return (
    (scope.tenant === "" ? 0 : TENANT) |
    (scope.user === "" ? 0 : USER) |
    (scope.project === "" ? 0 : PROJECT) |
    (scope.provider === "" ? 0 : PROVIDER) |
    (scope.model === "" ? 0 : MODEL)
  );
}

/** The named fields, each ended by a NUL, which no name of the contract may hold. */
function keyOf(fields: number, payer: Payer, target: PricedTarget): string {
  let key = "";
  if ((fields & TENANT) !== 0) key += `${payer.tenant}\0`;
  if ((fields & USER) !== 0) key += `${payer.user}\0`;
  if ((fields & PROJECT) !== 0) key += `${payer.project}\0`;
  if ((fields & PROVIDER) !== 0) key += `${target.provider}\0`;
  if ((fields & MODEL) !== 0) key += `${target.model}\0`;
  return key;
}
