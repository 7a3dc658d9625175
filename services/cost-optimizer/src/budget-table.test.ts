import type { MessageInitShape } from "@bufbuild/protobuf";
import { type BudgetScopeSchema, BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { windowEnd } from "@fairlead/decision/cost/budget-window";
import { books, closeBenches, holdOn, NOON, startBench, until } from "./testing/bench.ts";

afterEach(closeBenches);

const SCOPES: Readonly<Record<string, MessageInitShape<typeof BudgetScopeSchema>>> = {
  tenant: { tenant: "acme" },
  user: { tenant: "acme", user: "ann" },
  project: { tenant: "acme", project: "shop" },
  provider: { provider: "openai" },
  model: { provider: "openai", model: "large" },
  "tenant and model": { tenant: "acme", model: "large" },
  everything: { tenant: "acme", user: "ann", project: "shop", provider: "openai", model: "large" },
  all: {},
};
const WINDOWS = { hour: BudgetWindow.HOUR, day: BudgetWindow.DAY, week: BudgetWindow.WEEK, month: BudgetWindow.MONTH };
const ROWS = Object.keys(SCOPES).flatMap((scope) =>
  Object.entries(WINDOWS).map(([name, window]) => [scope, name, window] as const),
);

describe("a budget", () => {
  it.each(ROWS)(
    "of a %s for the %s is handed out up to its limit, settled within it, and starts anew",
    async (scope, _name, window) => {
      const bench = await startBench();
      const put = await bench.client.putBudget({
        budget: { budgetId: "b", scope: SCOPES[scope] ?? {}, window, limitNanoUsd: 100n },
      });
      expect(put.budget?.budget?.scope).toMatchObject(SCOPES[scope] ?? {});
      const ask = (amount: bigint) =>
        bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: amount, wantedNanoUsd: amount });
      const first = await ask(60n);
      expect(Number(first.lease?.windowEndsIn?.seconds) * 1_000).toBe(windowEnd(window, NOON) - NOON);
      const second = await ask(40n);
      await expect(ask(1n)).rejects.toMatchObject({ code: ErrorCode.BUDGET_EXCEEDED });
      // Above its hold: what there is room for is settled, and the rest is told as overrun.
      await Promise.all([
        bench.tell("e1", 60n, [holdOn(first.lease, 60n)]),
        bench.tell("e2", 45n, [holdOn(second.lease, 40n)]),
      ]);
      await until(async () => (await books(bench)).leasedNanoUsd === 0n);
      expect(await books(bench)).toMatchObject({ settledNanoUsd: 100n, overrunNanoUsd: 5n });

      bench.clock.now = windowEnd(window, NOON);
      expect(await books(bench)).toMatchObject({ settledNanoUsd: 0n, overrunNanoUsd: 0n });
      expect((await ask(60n)).lease?.amountNanoUsd).toBe(60n);
    },
  );

  it.each(Object.keys(SCOPES))(
    "of a %s for single requests is kept for routers to hold against, and has no leases",
    async (scope) => {
      const bench = await startBench();
      await bench.client.putBudget({
        budget: { budgetId: "b", scope: SCOPES[scope] ?? {}, window: BudgetWindow.REQUEST, limitNanoUsd: 100n },
      });
      expect((await books(bench)).budget).toMatchObject({ window: BudgetWindow.REQUEST, limitNanoUsd: 100n });
      const ask = bench.client.acquireLease({ budgetId: "b", holder: "r", minimumNanoUsd: 1n, wantedNanoUsd: 1n });
      await expect(ask).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
    },
  );
});
