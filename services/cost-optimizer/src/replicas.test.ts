import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { openRedisState, type RedisState } from "@fairlead/state/open-redis-state";
import { type RedisServer, startRedisServer } from "@fairlead/testing/redis-server";
import { type Bench, closeBenches, holdOn, listen, startBench, turns, until } from "./testing/bench.ts";

const BUDGETS = 20;

describe("two replicas on one Redis", () => {
  let server: RedisServer;
  const states: RedisState[] = [];

  beforeEach(async () => void (server = await startRedisServer()));
  afterEach(async () => {
    await closeBenches();
    await Promise.all(states.splice(0).map((state) => state.close()));
    await server.stop();
  });

  async function startReplica(other?: Bench): Promise<Bench> {
    const state = await openRedisState({ url: server.url });
    states.push(state);
    return startBench({}, other, state);
  }

  it("settle each event once and tell each threshold once, also when one of them starts anew", async () => {
    const first = await startReplica();
    let second = await startReplica(first);
    const heard = listen(first);
    for (let each = 0; each < BUDGETS; each++) {
      await first.client.putBudget({
        budget: { budgetId: `b${each}`, scope: { tenant: "acme" }, window: BudgetWindow.DAY, limitNanoUsd: 100n },
      });
    }
    for (const part of [0, 1]) {
      const events = Array.from({ length: BUDGETS }, async (_, each) => {
        const one = each % 2 === 0 ? first : second;
        const { lease } = await one.client.acquireLease({
          budgetId: `b${each}`,
          holder: "r",
          minimumNanoUsd: 48n,
          wantedNanoUsd: 48n,
        });
        for (const _again of [1, 2, 3]) await one.tell(`e${part}/${each}`, 48n, [holdOn(lease, 48n)]);
      });
      await Promise.all(events);
      if (part === 1) continue;
      await second.service.close();
      second = await startReplica(first);
    }
    await until(() => heard.length >= 4 * BUDGETS);
    await Promise.all([first, second].map((one) => turns(one)));
    const names = heard.map(({ alertId }) => alertId);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(4 * BUDGETS);
    const { budgets } = await second.client.listBudgets({});
    expect(budgets.every(({ settledNanoUsd, leasedNanoUsd }) => settledNanoUsd === 96n && leasedNanoUsd === 0n)).toBe(
      true,
    );
  });

  it("share their forecasts and measured prices", async () => {
    const first = await startReplica();
    const second = await startReplica(first);
    await first.client.putBudget({
      budget: { budgetId: "b", scope: { tenant: "acme" }, window: BudgetWindow.DAY, limitNanoUsd: 100_000n },
    });
    for (const one of [first, second]) one.announce("large", { input: 1_000_000n, output: 1_000_000n });
    await Promise.all([first, second].map((one) => turns(one)));
    first.clock.now += 1;
    for (let each = 0; each < 40; each++) await first.tell(`e${each}`, 100n);
    const ofBoth = async () => {
      first.clock.now += 100;
      const forecasts = await Promise.all(
        [first, second].map(
          async ({ client }) => (await client.getForecast({ budgetId: "b" })).forecast?.expectedNanoUsd ?? 0n,
        ),
      );
      const evidence = await Promise.all(
        [first, second].map(async ({ client }) => (await client.listArbitrage({})).effectivePrices[0]?.evidence ?? 0),
      );
      return forecasts.every((expected) => expected > 0n) && evidence.every((calls) => Math.abs(calls - 40) < 0.5);
    };
    await until(ofBoth);
  });
});
