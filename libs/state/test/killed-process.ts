import { openEmbeddedState } from "../src/open-embedded-state.ts";
import { ask, dayBudget, granted, holdOn, NOON } from "./ledger-fixture.ts";

/** Settles without end in the file that it is told, and prints the number of each settlement that was answered. */
const state = openEmbeddedState({ file: process.argv[2] ?? ":memory:" });
await state.ledger.putBudget(dayBudget("b", 10n ** 12n));
for (let each = 1; ; each++) {
  const lease = await granted(ask(state.ledger, "b", `l${each}`, 10n));
  await state.ledger.settle({ eventId: `e${each}`, holds: [holdOn(lease, 7n)], cost: 3n, now: NOON });
  process.stdout.write(`${each}\n`);
}
