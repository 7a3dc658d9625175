import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BudgetScopeSchema } from "@fairlead/contracts/cost/v1/budget";
import { costWithin } from "./cost-within.ts";

const LINES = [
  { provider: "openai", model: "large", costNanoUsd: 1n },
  { provider: "openai", model: "small", costNanoUsd: 10n },
  { provider: "azure", model: "large", costNanoUsd: 100n },
];

describe("the part of a cost that a budget bears", () => {
  it.each<[MessageInitShape<typeof BudgetScopeSchema>, bigint]>([
    [{}, 111n],
    [{ tenant: "acme", user: "ann" }, 111n],
    [{ provider: "openai" }, 11n],
    [{ model: "large" }, 101n],
    [{ provider: "openai", model: "large" }, 1n],
    [{ provider: "google" }, 0n],
  ])("of %j is %s", (scope, cost) => {
    expect(costWithin(create(BudgetScopeSchema, scope), LINES)).toBe(cost);
  });
});
