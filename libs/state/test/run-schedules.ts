import { parseArgs } from "node:util";
import { drivers } from "./drivers.ts";
import { type Counts, Schedule } from "./simulate-schedule.ts";
import { openSimulatedStore } from "./simulated-store.ts";

const HELP = `Runs budgets through schedules of faults and looks at whether one is ever passed.

  --driver embedded|redis   ledger to use (embedded)
  --schedules N             schedules to run (10000)
  --seed N                  seed of the first; the others follow it (1)
  --steps N                 steps of each (30)
  --trace                   prints the trace of each schedule
`;

const { values } = parseArgs({
  options: {
    driver: { type: "string", default: "embedded" },
    schedules: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    steps: { type: "string", default: "30" },
    trace: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const driver = drivers.find(({ name }) => name === values.driver);
const [schedules, seed, steps] = [values.schedules, values.seed, values.steps].map(Number) as [number, number, number];
if (driver === undefined || ![schedules, seed, steps].every((value) => Number.isSafeInteger(value) && value >= 0)) {
  process.stderr.write(HELP);
  process.exit(2);
}

await driver.start();
const store = await openSimulatedStore(driver);
const begun = performance.now();
const counts: Partial<Counts> = {};
let last = "";
try {
  for (let each = seed; each < seed + schedules; each++) {
    const { digest, trace, counts: own } = await new Schedule(store, each).run(steps);
    last = digest;
    for (const [what, count] of Object.entries(own))
      counts[what as keyof Counts] = (counts[what as keyof Counts] ?? 0) + count;
    if (values.trace) process.stdout.write(`schedule ${each} ${digest}\n${trace.join("\n")}\n`);
  }
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  process.stdout.write(
    `${driver.name}: ${schedules} schedules of ${steps} steps from seed ${seed} in ${seconds} s, none passed a budget, no hold left over\n`,
  );
  process.stdout.write(`${JSON.stringify(counts)}\nlast trace ${last}\n`);
} finally {
  await store.close();
  await driver.stop();
}
