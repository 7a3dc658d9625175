import { Registry } from "prom-client";
import { observeCalls } from "./call-metrics.ts";
import { countInFlight } from "./in-flight.ts";

async function inFlight(registry: Registry): Promise<number | undefined> {
  return (await registry.getSingleMetric("fairlead_in_flight_requests")?.get())?.values[0]?.value;
}

describe("the requests that a process works on", () => {
  it("are its own calls and those of its other doors, and neither calls that it makes nor streams of state", async () => {
    const registry = new Registry();
    const observe = observeCalls(registry);
    const door = countInFlight(registry);
    const generate = observe("server", "fairlead.routing.v1.RouterService/Generate");
    const watch = observe("server", "fairlead.cost.v1.CostService/WatchCost");
    observe("client", "fairlead.execution.v1.ExecutionService/Execute");
    door.began();
    expect(await inFlight(registry)).toBe(2);
    generate();
    watch();
    expect(await inFlight(registry)).toBe(1);
    door.ended();
    expect(await inFlight(registry)).toBe(0);
  });
});
