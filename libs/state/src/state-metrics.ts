import { Gauge, type Registry } from "prom-client";

/** Tells whether shared state can be used. */
export function measureState(registry: Registry, state: { up(): boolean }): void {
  new Gauge({
    name: "fairlead_state_connected",
    help: "1 while shared state can be used, 0 while Redis is away.",
    registers: [registry],
    collect() {
      this.set(state.up() ? 1 : 0);
    },
  });
}
