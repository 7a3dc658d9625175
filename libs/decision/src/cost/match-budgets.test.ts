import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type Budget, BudgetSchema, type BudgetScopeSchema, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import fc from "fast-check";
import { indexBudgets, matchBudgets } from "./match-budgets.ts";

const targets = [
  { provider: "openai", model: "large" },
  { provider: "openai", model: "small" },
  { provider: "anthropic", model: "large" },
];
const payer = { tenant: "acme", user: "ann", project: "shop" };

describe("matchBudgets", () => {
  it("finds budgets of the payer and of everybody, but not those of others", () => {
    const budgets = [
      budget("all", {}),
      budget("tenant", { tenant: "acme" }),
      budget("user", { tenant: "acme", user: "ann" }),
      budget("project", { project: "shop" }),
      budget("other-tenant", { tenant: "umbrella" }),
      budget("other-user", { tenant: "acme", user: "bob" }),
    ];
    const found = matchBudgets(indexBudgets(budgets), payer, targets);
    expect(found.map((match) => match.budget.budgetId).sort()).toEqual(["all", "project", "tenant", "user"]);
    for (const match of found) expect(match.targets).toEqual([0, 1, 2]);
  });

  it("names the targets whose cost a budget of a provider or model bounds", () => {
    const budgets = [
      budget("provider", { provider: "openai" }),
      budget("model", { model: "large" }),
      budget("both", { tenant: "acme", provider: "anthropic", model: "large" }),
      budget("none", { provider: "google" }),
    ];
    const found = matchBudgets(indexBudgets(budgets), payer, targets);
    expect(Object.fromEntries(found.map((match) => [match.budget.budgetId, match.targets]))).toEqual({
      provider: [0, 1],
      model: [0, 2],
      both: [2],
    });
  });

  it("does not take a payer without a user for the user of a budget", () => {
    const index = indexBudgets([budget("user", { user: "ann" })]);
    expect(matchBudgets(index, { ...payer, user: "" }, targets)).toEqual([]);
  });

  it("agrees with comparing every scope", () => {
    const word = fc.constantFrom("", "a", "b");
    const scope = fc.record({ tenant: word, user: word, project: word, provider: word, model: word });
    const payers = fc.record({ tenant: word, user: word, project: word });
    const someTargets = fc.array(fc.record({ provider: word, model: word }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 20 }), payers, someTargets, (scopes, who, where) => {
        const budgets = scopes.map((each, position) => budget(`b${position}`, each));
        const found = matchBudgets(indexBudgets(budgets), who, where);
        const actual = found.map((match) => [match.budget.budgetId, match.targets]).sort();
        expect(actual).toEqual(matchOneByOne(budgets, who, where).sort());
      }),
    );
  });
});

function matchOneByOne(budgets: Budget[], who: typeof payer, where: readonly { provider: string; model: string }[]) {
  const holds = (wanted: string | undefined, actual: string) => !wanted || wanted === actual;
  return budgets.flatMap(({ budgetId, scope }) => {
    if (!holds(scope?.tenant, who.tenant) || !holds(scope?.user, who.user) || !holds(scope?.project, who.project)) return [];
    const positions = where.flatMap((target, position) =>
      holds(scope?.provider, target.provider) && holds(scope?.model, target.model) ? [position] : [],
    );
    const namesTarget = scope?.provider !== "" || scope.model !== "";
    return namesTarget && positions.length === 0 ? [] : [[budgetId, positions]];
  });
}

function budget(budgetId: string, scope: MessageInitShape<typeof BudgetScopeSchema>): Budget {
  return create(BudgetSchema, { budgetId, scope, window: BudgetWindow.DAY, limitNanoUsd: 1n });
}
