import fc from "fast-check";
import { advanceBreaker, type BreakerEvent, type BreakerSettings, type BreakerState, CLOSED, DEFAULT_BREAKER } from "./advance-breaker.ts";

/** Plays events at times, as "event@milliseconds". */
function play(script: string, settings: BreakerSettings = DEFAULT_BREAKER): { state: BreakerState; allowed: boolean } {
  let step = { state: CLOSED, allowed: true };
  for (const entry of script.split(" ").filter((one) => one !== "")) {
    const [event, at] = entry.split("@");
    step = advanceBreaker(step.state, event as BreakerEvent, Number(at ?? 0), settings);
  }
  return step;
}

const FIVE_FAILURES = "failed@1 failed@2 failed@3 failed@4 failed@5";
const HALF_OPEN = `${FIVE_FAILURES} asked@60005`;

describe("a circuit breaker", () => {
  it.each<[string, string, Partial<BreakerState>, boolean]>([
    ["is closed at first", "asked@1", { kind: "closed" }, true],
    ["stays closed below the threshold", "failed@1 failed@2 failed@3 failed@4", { kind: "closed", failures: 4 }, true],
    ["counts failures in a row only", "failed@1 failed@2 failed@3 failed@4 succeeded@5 failed@6", { kind: "closed", failures: 1 }, true],
    ["does not count calls that were given up", "failed@1 failed@2 failed@3 failed@4 abandoned@5", { kind: "closed", failures: 4 }, true],
    ["opens at the threshold", FIVE_FAILURES, { kind: "open", openedAt: 5, changedAt: 5 }, true],
    ["lets nothing through while open", `${FIVE_FAILURES} asked@60004`, { kind: "open" }, false],
    ["turns half open by time", `${FIVE_FAILURES} elapsed@60005`, { kind: "half_open", changedAt: 60_005, probes: 0 }, true],
    ["is still open a moment before", `${FIVE_FAILURES} elapsed@60004`, { kind: "open" }, false],
    ["lets a probe through", HALF_OPEN, { kind: "half_open", probes: 1 }, true],
    ["lets no second probe through", `${HALF_OPEN} asked@60006`, { kind: "half_open", probes: 1 }, false],
    ["lets another probe through after one that was given up", `${HALF_OPEN} abandoned@60006 asked@60007`, { kind: "half_open", probes: 1 }, true],
    ["opens again at a failed probe", `${HALF_OPEN} failed@60006`, { kind: "open", openedAt: 60_006 }, true],
    [
      "closes after three successes",
      `${HALF_OPEN} succeeded@60006 asked@60007 succeeded@60008 asked@60009 succeeded@60010`,
      { kind: "closed", failures: 0, successes: 0, openedAt: 5, changedAt: 60_010 },
      true,
    ],
    ["ignores late failures while open", `${FIVE_FAILURES} failed@100`, { kind: "open", openedAt: 5 }, true],
    ["ignores late successes while open", `${FIVE_FAILURES} succeeded@100`, { kind: "open", successes: 0 }, true],
    ["does not open again by a late failure when it could be tried", `${FIVE_FAILURES} failed@60005`, { kind: "half_open", probes: 0 }, true],
    ["does not close by late successes", `${FIVE_FAILURES} elapsed@60005 succeeded@60006 succeeded@60007 succeeded@60008`, { kind: "half_open", successes: 0 }, true],
    ["is closed by hand", `${FIVE_FAILURES} reset@6`, { ...CLOSED, changedAt: 6 }, true],
    ["stays open where the clock goes back", `${FIVE_FAILURES} asked@0`, { kind: "open" }, false],
  ])("%s", (_, script, state, allowed) => {
    const step = play(script);
    expect(step.state).toMatchObject(state);
    expect(step.allowed).toBe(allowed);
  });

  it("tells the end of a probe from the end of a call that began before, where it is told when that began", () => {
    const { state } = play(HALF_OPEN);
    const late = advanceBreaker(state, "failed", 60_006, DEFAULT_BREAKER, CLOSED.changedAt);
    expect(late.state).toBe(state);
    const probe = advanceBreaker(state, "failed", 60_006, DEFAULT_BREAKER, state.changedAt);
    expect(probe.state.kind).toBe("open");
  });
});

/** What a circuit should do, kept beside it in the plainest form. */
interface Model {
  now: number;
  kind: BreakerState["kind"];
  failures: number;
  successes: number;
  openedAt: number;
  era: number;
  /** Calls under way, each with the era that let it through. */
  calls: { era: number; since: number }[];
}

interface Real {
  state: BreakerState;
}

type Command = fc.Command<Model, Real>;

function check(model: Model, real: Real, settings: BreakerSettings): void {
  const probes = model.kind === "half_open" ? model.calls.filter(({ era }) => era === model.era).length : 0;
  expect(probes).toBeLessThanOrEqual(settings.maxProbes);
  expect({ ...real.state, changedAt: 0 }).toMatchObject({ kind: model.kind, probes, openedAt: model.openedAt });
  if (model.kind === "closed") expect(real.state.failures).toBe(model.failures);
  if (model.kind === "half_open") expect(real.state.successes).toBe(model.successes);
}

/** Moves the model to another kind; calls under way belong to an earlier era then. */
function turn(model: Model, kind: Model["kind"]): void {
  model.kind = kind;
  model.era += 1;
  model.failures = 0;
  model.successes = 0;
  if (kind === "open") model.openedAt = model.now;
}

function timeOpens(model: Model, settings: BreakerSettings): void {
  if (model.kind === "open" && model.now >= model.openedAt + settings.openMs) turn(model, "half_open");
}

function passing(ms: number, settings: BreakerSettings): Command {
  return {
    check: () => true,
    run(model, real) {
      model.now += ms;
      timeOpens(model, settings);
      real.state = advanceBreaker(real.state, "elapsed", model.now, settings).state;
      check(model, real, settings);
    },
    toString: () => `pass(${ms})`,
  };
}

function asking(settings: BreakerSettings): Command {
  return {
    check: () => true,
    run(model, real) {
      model.now += 1;
      timeOpens(model, settings);
      const probes = model.calls.filter(({ era }) => era === model.era).length;
      const expected = model.kind === "closed" || (model.kind === "half_open" && probes < settings.maxProbes);
      const step = advanceBreaker(real.state, "asked", model.now, settings);
      real.state = step.state;
      expect(step.allowed).toBe(expected);
      if (expected) model.calls.push({ era: model.era, since: step.state.changedAt });
      check(model, real, settings);
    },
    toString: () => "ask",
  };
}

function ending(event: "succeeded" | "failed" | "abandoned", which: number, settings: BreakerSettings): Command {
  return {
    check: (model) => model.calls.length > 0,
    run(model, real) {
      model.now += 1;
      timeOpens(model, settings);
      const [call] = model.calls.splice(which % model.calls.length, 1);
      if (call !== undefined && call.era === model.era) judge(model, event, settings);
      real.state = advanceBreaker(real.state, event, model.now, settings, call?.since).state;
      check(model, real, settings);
    },
    toString: () => `${event}(${which})`,
  };
}

function judge(model: Model, event: "succeeded" | "failed" | "abandoned", settings: BreakerSettings): void {
  if (event === "abandoned") return;
  if (event === "failed") {
    model.failures += 1;
    if (model.kind === "half_open" || model.failures >= settings.failureThreshold) turn(model, "open");
    return;
  }
  model.failures = 0;
  if (model.kind !== "half_open") return;
  model.successes += 1;
  if (model.successes >= settings.successThreshold) turn(model, "closed");
}

function resetting(settings: BreakerSettings): Command {
  return {
    check: () => true,
    run(model, real) {
      model.now += 1;
      turn(model, "closed");
      model.openedAt = 0;
      real.state = advanceBreaker(real.state, "reset", model.now, settings).state;
      check(model, real, settings);
    },
    toString: () => "reset",
  };
}

describe("a circuit breaker beside its model", () => {
  it("does the same over any sequence of calls, ends, waits and resets", () => {
    const anySettings: fc.Arbitrary<BreakerSettings> = fc.record({
      failureThreshold: fc.integer({ min: 1, max: 6 }),
      openMs: fc.integer({ min: 1, max: 200 }),
      maxProbes: fc.integer({ min: 1, max: 4 }),
      successThreshold: fc.integer({ min: 1, max: 4 }),
    });
    const run = anySettings.chain((settings) => {
      const ends = fc.tuple(fc.constantFrom("succeeded" as const, "failed" as const, "failed" as const, "abandoned" as const), fc.nat(20));
      const commands = fc.commands(
        [
          fc.constant(asking(settings)),
          ends.map(([event, which]) => ending(event, which, settings)),
          ends.map(([event, which]) => ending(event, which, settings)),
          fc.integer({ min: 1, max: 300 }).map((ms) => passing(ms, settings)),
          fc.constant(resetting(settings)),
        ],
        { maxCommands: 200, size: "max" },
      );
      return commands.map((list) => ({ list }));
    });
    fc.assert(
      fc.property(run, ({ list }) => {
        const model: Model = { now: 1, kind: "closed", failures: 0, successes: 0, openedAt: 0, era: 0, calls: [] };
        fc.modelRun(() => ({ model, real: { state: CLOSED } }), list);
      }),
      { numRuns: 300 },
    );
  });

  it("lets at most the allowed probes be under way, also where ends come without their beginning", () => {
    const events = fc.array(fc.constantFrom<BreakerEvent>("asked", "succeeded", "failed", "abandoned", "elapsed", "reset"), { maxLength: 300 });
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 3 }), (all, maxProbes) => {
        let state = CLOSED;
        for (const [index, event] of all.entries()) {
          const before = state;
          state = advanceBreaker(state, event, index * 10, { ...DEFAULT_BREAKER, openMs: 40, maxProbes }).state;
          expect(state.probes).toBeGreaterThanOrEqual(0);
          expect(state.probes).toBeLessThanOrEqual(maxProbes);
          if (state.kind === "closed" && before.kind === "open") expect(event).toBe("reset");
        }
      }),
    );
  });
});
