import { windowStart } from "@fairlead/decision/cost/budget-window";
import type { BudgetLedger } from "../src/budget-ledger.ts";
import { type Driver, drivers, freshName } from "./drivers.ts";
import { booksOf } from "./ledger-fixture.ts";
import { Simulation, SIMULATED_BUDGETS } from "./simulate-routers.ts";

describe.each(drivers)("budgets on the $name ledger", (driver) => {
  beforeAll(() => driver.start());
  afterAll(() => driver.stop());

  it.each([1, 20_260_304, 987_654_321])("are never overspent by routers that crash and repeat themselves, seed %s", async (seed) => {
    const states = await openTwo(driver);
    const ledgers = states.map((state) => state.ledger);
    const ledger = ledgers[0] as BudgetLedger;
    for (const budget of SIMULATED_BUDGETS) await ledger.putBudget(budget);
    const windows = new Map<string, number>();

    const inspect = async (now: number) => {
      for (const budget of SIMULATED_BUDGETS) {
        windows.set(`${budget.budgetId}/${windowStart(budget.window, now)}`, now);
        const books = await booksOf(ledger, budget.budgetId, now);
        expect(books.settled >= 0n && books.leased >= 0n && books.overrun >= 0n).toBe(true);
        expect(books.settled + books.leased).toBeLessThanOrEqual(budget.limitNanoUsd);
      }
    };
    const simulation = new Simulation(ledgers, seed);
    await simulation.run(1_500, inspect);
    await simulation.end(inspect);

    const spent = new Map<string, bigint>();
    for (const [name, now] of windows) {
      const budgetId = name.slice(0, name.indexOf("/"));
      const books = await booksOf(ledger, budgetId, now);
      expect(books.leased).toBe(0n);
      spent.set(budgetId, (spent.get(budgetId) ?? 0n) + books.settled + books.overrun);
    }
    for (const [budgetId, charged] of simulation.charged) expect([budgetId, spent.get(budgetId)]).toEqual([budgetId, charged]);
    const { counts } = simulation;
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
    await Promise.all(states.map((state) => state.close()));
  });
});

/** Two connections, as two replicas have them, where the driver is for more than one process. */
async function openTwo(driver: Driver) {
  const name = freshName();
  const first = await driver.open(name);
  return driver.name === "redis" ? [first, await driver.open(name)] : [first];
}
