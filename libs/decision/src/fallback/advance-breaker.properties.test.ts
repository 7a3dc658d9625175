import fc from "fast-check";
import { advanceBreaker, type BreakerEvent, type BreakerSettings, type BreakerState, CLOSED, DEFAULT_BREAKER } from "./advance-breaker.ts";
import { type BreakerReport, mergeBreaker } from "./merge-breaker.ts";

type Kind = BreakerState["kind"];
type End = "succeeded" | "failed" | "abandoned";

/** What a circuit should do, kept beside it in the plainest form: lists of calls in place of counters. */
interface Model {
  now: number;
  kind: Kind;
  failures: number;
  successes: number;
  openedAt: number;
  /** Rises with every change of kind, as the times of changes do. */
  version: number;
  /** Calls under way, each with the version that let it through and its place among those of the version. */
  calls: { version: number; number: number }[];
  /** Calls of this version that were let through while closed. */
  started: number;
  /** Ends of calls of this version while closed, in their order. */
  log: { number: number; end: End }[];
  /** Ends of calls while closed, by the stretch of time they fell into, and the stretch the list was looked at last. */
  ends: { stretch: number; failed: boolean }[];
  stretch: number;
  /** What others told and what was told of this circuit, for stale reports. */
  told: BreakerReport[];
}

interface Real {
  state: BreakerState;
}

type Command = fc.Command<Model, Real>;

const START = 1_000_000;
const CARE: Readonly<Record<Kind, number>> = { closed: 0, half_open: 1, open: 2 };

function freshModel(): Model {
  return { now: START, kind: "closed", failures: 0, successes: 0, openedAt: 0, version: 0, calls: [], started: 0, log: [], ends: [], stretch: 0, told: [] };
}

/** Moves the model to another kind; calls under way belong to an earlier version then. */
function turn(model: Model, kind: Kind): void {
  model.kind = kind;
  model.version = Math.max(model.now, model.version + 1);
  if (kind !== "open") model.ends = [];
  if (kind === "closed") model.failures = 0;
  model.started = 0;
  model.log = [];
  model.successes = 0;
  if (kind === "open") model.openedAt = model.now;
  model.told.push({ kind, failures: model.failures, successes: 0, openedAt: model.openedAt, changedAt: model.version });
}

function timePasses(model: Model, settings: BreakerSettings): void {
  if (model.kind !== "open") return;
  if (model.now >= model.openedAt + settings.openMs) turn(model, "half_open");
  else if (model.now < model.openedAt) model.openedAt = model.now;
}

function under(model: Model): number {
  return model.calls.filter(({ version }) => version === model.version).length;
}

function noteEnd(model: Model, failed: boolean, settings: BreakerSettings): void {
  const stretch = Math.floor(model.now / settings.windowMs);
  // A clock that was set back takes what it has seen with it.
  if (stretch < model.stretch) for (const end of model.ends) end.stretch -= model.stretch - stretch;
  model.stretch = stretch;
  model.ends.push({ stretch, failed });
}

function count(model: Model, settings: BreakerSettings, which: (end: Model["ends"][number]) => boolean): number {
  const share = 1 - (model.now % settings.windowMs) / settings.windowMs;
  const inStretch = (stretch: number) => model.ends.filter((end) => end.stretch === stretch && which(end)).length;
  return inStretch(model.stretch) + share * inStretch(model.stretch - 1);
}

/**
 * The failures of calls that began after the newest success, since a success among them; and the ends of calls that lay
 * between the first and the newest of them when they ended.
 */
function row(model: Model): { failed: number[]; ends: number } {
  let failed: number[] = [];
  let ends = 0;
  let newest = 0;
  for (const { number, end } of model.log) {
    const [from = number, to = Math.max(...failed)] = [failed[0]];
    if (end === "succeeded") {
      newest = Math.max(newest, number);
      if (failed.length === 0 || number >= from) failed = [];
    } else if (end === "failed" && number >= newest) {
      failed.push(number);
      if (number >= from) ends += 1;
    } else if (end === "abandoned" && failed.length > 0 && number >= from && number <= to) ends += 1;
    if (failed.length === 0) ends = 0;
  }
  return { failed, ends };
}

function opens(model: Model, settings: BreakerSettings): boolean {
  const { failed, ends } = row(model);
  const awaited = Math.min(under(model), failed[0] === undefined ? 0 : Math.max(...failed) - failed[0] + 1 - ends);
  const calls = count(model, settings, () => true);
  const failures = count(model, settings, (end) => end.failed);
  const before = calls - failed.length;
  const expected = before * ((Math.max(0, failures - failed.length) + 1) / (before + 2)) ** failed.length;
  const inRow = failed.length >= settings.failureThreshold && (awaited === 0 || awaited < 0.2 * failed.length) && (before < settings.minCalls || expected < 0.001);
  const often = settings.failureRate > 0 && calls >= settings.minCalls && failures >= settings.failureRate * (calls + under(model));
  return inRow || often;
}

function judge(model: Model, event: End, number: number, settings: BreakerSettings): void {
  if (model.kind === "closed") {
    model.log.push({ number, end: event });
    if (event !== "abandoned") noteEnd(model, event === "failed", settings);
    model.failures = row(model).failed.length;
    if (event !== "failed" || !opens(model, settings)) return;
    model.failures = Math.max(1, model.failures);
    turn(model, "open");
    return;
  }
  if (event === "failed") {
    model.failures += 1;
    turn(model, "open");
  }
  if (event !== "succeeded") return;
  model.successes += 1;
  if (model.successes >= settings.successThreshold) turn(model, "closed");
}

function check(model: Model, real: Real, settings: BreakerSettings): void {
  const probes = model.kind === "half_open" ? under(model) : 0;
  expect(probes).toBeLessThanOrEqual(settings.maxProbes);
  expect(real.state).toMatchObject({ kind: model.kind, probes, openedAt: model.openedAt, changedAt: model.version });
  if (model.kind === "closed") expect(real.state.failures).toBe(model.failures);
  if (model.kind === "half_open") expect(real.state.successes).toBe(model.successes);
}

/** A command that advances the clock by a millisecond, and lets time do what it does. */
function command(name: string, settings: BreakerSettings, run: (model: Model, real: Real) => void, applies: (model: Model) => boolean = () => true): Command {
  return {
    check: (model) => applies(model),
    run(model, real) {
      model.now += 1;
      run(model, real);
      check(model, real, settings);
    },
    toString: () => name,
  };
}

function asking(settings: BreakerSettings): Command {
  return command("ask", settings, (model, real) => {
    timePasses(model, settings);
    const expected = model.kind === "closed" || (model.kind === "half_open" && under(model) < settings.maxProbes);
    const step = advanceBreaker(real.state, "asked", model.now, settings);
    real.state = step.state;
    expect(step.allowed).toBe(expected);
    if (!expected) return;
    if (model.kind === "closed") model.started += 1;
    expect(step.state.started).toBe(model.started);
    model.calls.push({ version: step.state.changedAt, number: model.started });
  });
}

function ending(event: End, which: number, settings: BreakerSettings): Command {
  const run = (model: Model, real: Real) => {
    timePasses(model, settings);
    const [call] = model.calls.splice(which % model.calls.length, 1);
    const counts = call?.version === model.version && model.kind !== "open";
    if (counts) judge(model, event, call.number, settings);
    const ended = { since: call?.version ?? 0, number: call?.number ?? 0 };
    real.state = advanceBreaker(real.state, event, model.now, settings, ended).state;
  };
  return command(`${event}(${which})`, settings, run, (model) => model.calls.length > 0);
}

/** Time goes on, or the clock is set forward or back. */
function passing(ms: number, settings: BreakerSettings): Command {
  return command(`pass(${ms})`, settings, (model, real) => {
    model.now = Math.max(1, model.now + ms);
    timePasses(model, settings);
    real.state = advanceBreaker(real.state, "elapsed", model.now, settings).state;
  });
}

function recovering(settings: BreakerSettings): Command {
  return command("recovered", settings, (model, real) => {
    timePasses(model, settings);
    if (model.kind === "open") turn(model, "half_open");
    real.state = advanceBreaker(real.state, "recovered", model.now, settings).state;
  });
}

function takingOver(settings: BreakerSettings): Command {
  return command("taken_over", settings, (model, real) => {
    timePasses(model, settings);
    if (model.kind === "half_open") turn(model, "half_open");
    real.state = advanceBreaker(real.state, "taken_over", model.now, settings).state;
  });
}

function resetting(settings: BreakerSettings): Command {
  return command("reset", settings, (model, real) => {
    timePasses(model, settings);
    turn(model, "closed");
    model.openedAt = 0;
    real.state = advanceBreaker(real.state, "reset", model.now, settings).state;
  });
}

/** Another process tells what it saw: something new, something of the same time, or what has long been known. */
function merging(kind: Kind, ahead: number, stale: number, settings: BreakerSettings): Command {
  return command(`merge(${kind}, ${ahead}, ${stale})`, settings, (model, real) => {
    const old = model.told[stale];
    const told = old ?? { kind, failures: 5, successes: 1, openedAt: model.now - 10, changedAt: Math.max(0, model.version + ahead) };
    const wins = told.changedAt > model.version || (told.changedAt === model.version && CARE[told.kind] > CARE[model.kind]);
    if (wins) {
      const { successes, openedAt, changedAt } = told;
      const failures = told.kind === "closed" ? 0 : told.failures;
      Object.assign(model, { kind: told.kind, failures, successes, openedAt, version: changedAt, ends: [], started: 0, log: [] });
      // What was under way here says nothing about what came from elsewhere, also where the times are the same.
      model.calls = model.calls.filter(({ version }) => version !== changedAt);
      model.told.push(told);
    }
    real.state = mergeBreaker(real.state, told);
  });
}

const anySettings: fc.Arbitrary<BreakerSettings> = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 6 }),
  failureRate: fc.constantFrom(0, 0.25, 0.5, 1),
  minCalls: fc.integer({ min: 1, max: 8 }),
  windowMs: fc.integer({ min: 1, max: 300 }),
  openMs: fc.integer({ min: 1, max: 200 }),
  maxProbes: fc.integer({ min: 1, max: 4 }),
  successThreshold: fc.integer({ min: 1, max: 4 }),
});

function anyCommands(settings: BreakerSettings): fc.Arbitrary<Iterable<Command>> {
  const end = fc.tuple(fc.constantFrom<End>("succeeded", "failed", "failed", "abandoned"), fc.nat(20)).map(([event, which]) => ending(event, which, settings));
  const kind = fc.constantFrom<Kind>("closed", "open", "half_open");
  return fc.commands(
    [
      fc.constant(asking(settings)),
      fc.constant(asking(settings)),
      end,
      end,
      fc.integer({ min: 1, max: 300 }).map((ms) => passing(ms, settings)),
      fc.integer({ min: -5_000, max: 5_000 }).map((ms) => passing(ms, settings)),
      fc.constant(recovering(settings)),
      fc.constant(takingOver(settings)),
      fc.constant(resetting(settings)),
      fc.tuple(kind, fc.integer({ min: -3, max: 50 }), fc.nat(30)).map(([told, ahead, stale]) => merging(told, ahead, stale, settings)),
    ],
    { maxCommands: 200, size: "max" },
  );
}

describe("a circuit breaker beside its model", () => {
  it("does the same over any sequence of calls, ends, waits, steps of the clock, recoveries, resets and reports of others", () => {
    const run = anySettings.chain((settings) => anyCommands(settings).map((list) => ({ list })));
    fc.assert(
      fc.property(run, ({ list }) => {
        fc.modelRun(() => ({ model: freshModel(), real: { state: CLOSED } }), list);
      }),
      { numRuns: 400 },
    );
  });

  it("lets at most the allowed probes be under way, also where ends come without their beginning", () => {
    const events = fc.array(fc.constantFrom<BreakerEvent>("asked", "succeeded", "failed", "abandoned", "elapsed", "recovered", "reset"), { maxLength: 300 });
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

  it("comes to the same state in every process that hears the same reports, in whatever order", () => {
    const report: fc.Arbitrary<BreakerReport> = fc.record({
      kind: fc.constantFrom<Kind>("closed", "open", "half_open"),
      failures: fc.constant(5),
      successes: fc.constant(0),
      openedAt: fc.constant(1),
      changedAt: fc.integer({ min: 1, max: 5 }),
    });
    const orders = fc.array(report, { minLength: 1, maxLength: 12 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const heard = (reports: readonly BreakerReport[]) => reports.reduce(mergeBreaker, CLOSED);
        expect(heard(one)).toEqual(heard(other));
        expect(heard([...one, ...one])).toEqual(heard(one));
      }),
    );
  });
});
