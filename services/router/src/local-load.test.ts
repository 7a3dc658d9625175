import { roundRobin } from "@fairlead/decision/balancing/algorithms/round-robin";
import { LocalLoad } from "./local-load.ts";

describe("what a router has sent where", () => {
  let load: LocalLoad;
  beforeEach(() => (load = new LocalLoad()));
  afterEach(() => load.close());

  it("counts a call until it ends, once", () => {
    const end = load.begin("a/one");
    load.begin("a/one");
    expect(load.inFlight("a/one")).toBe(2);
    end();
    end();
    expect(load.inFlight("a/one")).toBe(1);
    expect(load.inFlight("b/two")).toBe(0);
  });

  it("no longer counts a call that executors have reported by now", async () => {
    const end = load.begin("a/one");
    while (load.inFlight("a/one") > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    end();
    expect(load.inFlight("a/one")).toBe(0);
  });

  it("remembers a state for each algorithm and group, and shows copies of them", () => {
    const state = load.stateOf(roundRobin, "one");
    expect(load.stateOf(roundRobin, "one")).toBe(state);
    expect(load.stateOf(roundRobin, "two")).not.toBe(state);
    expect(load.preview().stateOf(roundRobin, "one")).not.toBe(state);
    expect(load.preview().stateOf(roundRobin, "one")).toEqual(state);
  });
});
