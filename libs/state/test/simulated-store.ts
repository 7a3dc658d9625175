import type { EmbeddedState } from "../src/open-embedded-state.ts";
import type { RedisState } from "../src/open-redis-state.ts";
import type { Driver } from "./drivers.ts";
import { freshName } from "./drivers.ts";
import type { SimulatedStore } from "./simulate-schedule.ts";

/** How many replicas share a store: SQLite is for one process, in which all replicas use the same one. */
const REPLICAS = 3;

/** Opens a store for simulation; its restart leaves work behind that was not answered, as the end of a process does. */
export async function openSimulatedStore(driver: Driver): Promise<SimulatedStore & { close(): Promise<void> }> {
  const name = freshName();
  const shared = driver.name === "embedded";
  const open = () => Promise.all(Array.from({ length: shared ? 1 : REPLICAS }, () => driver.open(name)));
  let states: (EmbeddedState | RedisState)[] = await open();
  return {
    replicas: REPLICAS,
    ledger: (replica) => (states[shared ? 0 : replica] as EmbeddedState | RedisState).ledger,
    async restart() {
      const old = states;
      states = await open();
      // What is under way at the old ones is let go of when it has been answered.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all(old.map((state) => state.close()));
    },
    close: async () => void (await Promise.all(states.map((state) => state.close()))),
  };
}
