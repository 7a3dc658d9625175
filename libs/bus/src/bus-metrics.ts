import { Counter, Gauge, type Registry } from "prom-client";
import type { BusCounts } from "./bus-counts.ts";

/** Makes what a bus counts. */
export function createBusMetrics(registry: Registry): BusCounts {
  const registers = [registry];
  const dropped = new Counter({
    name: "fairlead_bus_events_dropped_total",
    help: "Events that nobody keeps and that were not sent because the server was away.",
    registers,
  });
  const buried = new Counter({
    name: "fairlead_bus_messages_buried_total",
    help: "Kept messages that could not be handled and were set aside as dead letters.",
    registers,
  });
  return {
    dropped: (events) => dropped.inc(events),
    buried: () => buried.inc(),
    follow(connected) {
      new Gauge({
        name: "fairlead_bus_connected",
        help: "1 while events can be exchanged, 0 while the server is away.",
        registers,
        collect() {
          this.set(connected() ? 1 : 0);
        },
      });
    },
  };
}
