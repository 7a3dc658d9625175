import { patterns } from "@fairlead/bus/subjects";
import { BudgetLevel } from "@fairlead/contracts/cost/v1/budget";
import type { AlertChanged } from "@fairlead/contracts/events/v1/event";
import { budgetAlerts } from "@fairlead/decision/cost/budget-alerts";
import {
  type Bench,
  books,
  budgetOf,
  closeBenches,
  follow,
  holdOn,
  listen,
  NOON,
  putBudget,
  startBench,
  turns,
  until,
} from "./testing/bench.ts";

afterEach(closeBenches);

const DAY = 86_400_000;
const named = (heard: readonly AlertChanged[]) =>
  heard.map(({ alertId, severity, resolved }) => `${alertId} ${resolved ? "over" : severity}`);

describe("alerts of budgets", () => {
  it("are told once for each threshold, though two replicas look and one of them starts anew", async () => {
    const bench = await startBench();
    const replica = await startBench({}, bench);
    const heard = listen(bench);
    await putBudget(bench, 100n);
    await spend(bench, "e1", 55n);
    await until(() => heard.length === 1);
    await spend(bench, "e2", 41n);
    await until(() => heard.length === 4);
    const again = await startBench({}, bench);
    await Promise.all([bench, replica, again].map((one) => turns(one)));
    expect(named(heard)).toEqual([
      "budget/b/50 info",
      "budget/b/70 warning",
      "budget/b/85 warning",
      "budget/b/95 critical",
    ]);
    expect(heard[3]).toMatchObject({
      labels: { budget: "b", tenant: "acme", window: "day", threshold: "95" },
      raisedUnixMs: BigInt(NOON),
      message: "Budget b has spent 95 percent or more of its day.",
    });
    expect((await books(again)).toldPercents).toEqual([50, 70, 85, 95]);
  });

  it("are told within a second of the settling, with the settings as they come", async () => {
    const bench = await startBench({ refreshMs: 250, pollMs: 1_000 });
    const heard = listen(bench);
    await putBudget(bench, 100n);
    const begun = performance.now();
    await spend(bench, "e1", 50n);
    await until(() => heard.length === 1);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("are over when the next window starts, and are told anew in it", async () => {
    const bench = await startBench();
    const heard = listen(bench);
    await putBudget(bench, 100n);
    await spend(bench, "e1", 70n);
    await until(() => heard.length === 2);
    bench.clock.now += DAY;
    await until(() => heard.length === 4);
    await spend(bench, "e2", 50n);
    await until(() => heard.length === 5);
    expect(named(heard)).toEqual([
      "budget/b/50 info",
      "budget/b/70 warning",
      "budget/b/50 over",
      "budget/b/70 over",
      "budget/b/50 info",
    ]);
    expect(heard[4]?.raisedUnixMs).toBe(BigInt(NOON + DAY));
  });

  it("are over when the limit is raised or the budget is gone", async () => {
    const bench = await startBench();
    const heard = listen(bench);
    await putBudget(bench, 100n);
    await spend(bench, "e1", 70n);
    await until(() => heard.length === 2);
    await putBudget(bench, 130n);
    await until(() => heard.length === 3);
    expect(named(heard).slice(2)).toEqual(["budget/b/70 over"]);
    await bench.client.deleteBudget({ budgetId: "b" });
    await until(() => heard.length === 4);
    expect(named(heard).slice(3)).toEqual(["budget/b/50 over"]);
    await turns(bench);
    expect(await bench.state.notes.read("alerts")).toEqual(new Map());
  });

  it("follow the budget's own percents", async () => {
    const bench = await startBench();
    const heard = listen(bench);
    await bench.client.putBudget({ budget: { ...budgetOf(100n), alertPercents: [20, 100] } });
    await spend(bench, "e1", 100n);
    await until(() => heard.length === 2);
    expect(named(heard)).toEqual(["budget/b/20 info", "budget/b/100 emergency"]);
  });

  it("are told by another, under the same name, when the one that meant to tell them is gone", async () => {
    const bench = await startBench();
    const names: string[] = [];
    bench.bus.subscribe(patterns.alertChanged, (events) => names.push(...events.map(({ eventId }) => eventId)));
    await putBudget(bench, 100n);
    const [alert] = budgetAlerts({ ...(await books(bench)), settledNanoUsd: 50n });
    const dying = { alert, raisedMs: NOON - 1, phase: "raising", until: NOON + 1_000 };
    await bench.state.notes.swap("alerts", "budget/b/50", undefined, JSON.stringify(dying));
    await spend(bench, "e1", 50n);
    await turns(bench);
    expect(names).toEqual([]);
    bench.clock.now += 1_000;
    await until(() => names.length === 1);
    await turns(bench);
    expect(names).toEqual([`budget/b/50/${NOON - 1}`]);
  });

  it("wait for a store that is away, and are then told once", async () => {
    const bench = await startBench();
    const heard = listen(bench);
    await putBudget(bench, 100n);
    bench.store.broken = true;
    await bench.tell("e1", 50n);
    bench.store.broken = false;
    await spend(bench, "e2", 50n);
    await until(() => heard.length === 1);
    await turns(bench);
    expect(named(heard)).toEqual(["budget/b/50 info"]);
  });
});

describe("the level of a budget", () => {
  it("is streamed as spend is settled, from normal to exhausted", async () => {
    const bench = await startBench({ refreshMs: 20 });
    await putBudget(bench, 100n);
    const watch = follow(bench);
    const levels = () =>
      watch.messages
        .flatMap(({ budgets }) => budgets.map(({ level }) => level))
        .filter((level, position, all) => level !== all[position - 1]);
    const expected = [BudgetLevel.NORMAL, BudgetLevel.ECONOMY, BudgetLevel.EMERGENCY, BudgetLevel.EXHAUSTED];
    for (const [position, cost] of [85n, 10n, 5n].entries()) {
      await spend(bench, `e${position}`, cost);
      await until(() => levels().length === position + 2);
    }
    expect(levels()).toEqual(expected);
    await watch.stop();
  });
});

describe("alerts of prices", () => {
  it("tell of a model on offer whose price is not known, until it is", async () => {
    const bench = await startBench();
    const heard = listen(bench);
    bench.announce("large");
    await until(() => heard.length === 1);
    await turns(bench);
    expect(named(heard)).toEqual(["price_unknown/openai/large warning"]);
    expect(heard[0]?.labels).toEqual({ provider: "openai", model: "large" });
    const again = await startBench({}, bench);
    await turns(again);
    expect(heard).toHaveLength(1);
    bench.announce("large", { input: 5n });
    await until(() => heard.length === 2);
    expect(named(heard).slice(1)).toEqual(["price_unknown/openai/large over"]);
  });
});

/** Has a request cost something that is held against the budget. */
async function spend(bench: Bench, eventId: string, cost: bigint): Promise<void> {
  const { lease } = await bench.client.acquireLease({
    budgetId: "b",
    holder: "r",
    minimumNanoUsd: cost,
    wantedNanoUsd: cost,
  });
  await bench.tell(eventId, cost, [holdOn(lease, cost)]);
}
