import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import fc from "fast-check";
import { advanceAlert, type AlertNews, type AlertState, type AlertTiming, QUIET, shownSeverity } from "./advance-alert.ts";

const { UNSPECIFIED: NONE, INFO, WARNING, CRITICAL, EMERGENCY } = AlertSeverity;
const TIMING: AlertTiming = { forMs: 100, resolveAfterMs: 50, escalateAfterMs: 300 };

type Step = [at: number, event: AlertSeverity | "unknown" | "acknowledged"];

/** What is told of a course of events: "time news severity". */
function course(steps: readonly Step[], timing = TIMING): string[] {
  let state: AlertState = QUIET;
  const told: string[] = [];
  for (const [at, event] of steps) {
    const severity = event === "unknown" ? undefined : (event as AlertSeverity);
    const next = advanceAlert(state, event === "acknowledged" ? { kind: "acknowledged" } : { kind: "observed", severity }, timing, at);
    state = next.state;
    const shown = state.phase === "raised" ? ` ${AlertSeverity[shownSeverity(state)]}` : "";
    if (next.news !== undefined) told.push(`${at} ${next.news}${shown}`);
  }
  return told;
}

describe("an alert", () => {
  it.each<[string, Step[], string[]]>([
    ["is raised when its condition has held long enough", [[0, WARNING], [99, WARNING], [100, WARNING], [101, WARNING]], ["100 raised WARNING"]],
    ["starts anew when its condition was over in between", [[0, WARNING], [60, NONE], [61, WARNING], [120, WARNING], [161, WARNING]], ["161 raised WARNING"]],
    ["stays where nothing can be told", [[0, WARNING], [100, WARNING], [120, "unknown"], [900, "unknown"]], ["100 raised WARNING"]],
    [
      "ends when its condition has been over long enough",
      [[0, WARNING], [100, WARNING], [110, NONE], [150, NONE], [160, NONE]],
      ["100 raised WARNING", "160 resolved"],
    ],
    [
      "does not end while its condition comes back",
      [[0, WARNING], [100, WARNING], [110, NONE], [150, WARNING], [160, NONE], [200, NONE], [209, WARNING]],
      ["100 raised WARNING"],
    ],
    ["tells at once that it got worse", [[0, WARNING], [100, WARNING], [101, CRITICAL]], ["100 raised WARNING", "101 worsened CRITICAL"]],
    [
      "tells that it got milder when it has been so for long enough, at the worst since",
      [[0, CRITICAL], [100, CRITICAL], [110, NONE], [120, WARNING], [130, INFO], [160, INFO]],
      ["100 raised CRITICAL", "160 eased WARNING"],
    ],
    [
      "is made a step worse each time it has lasted, up to emergency",
      [[0, WARNING], [100, WARNING], [399, WARNING], [400, WARNING], [700, WARNING], [5_000, WARNING]],
      ["100 raised WARNING", "400 escalated CRITICAL", "700 escalated EMERGENCY"],
    ],
    [
      "is not made worse after somebody took note of it",
      [[0, WARNING], [100, WARNING], [200, "acknowledged"], [201, "acknowledged"], [900, WARNING]],
      ["100 raised WARNING", "200 acknowledged WARNING"],
    ],
    ["is not made worse while it is about to end", [[0, WARNING], [100, WARNING], [390, NONE], [410, NONE]], ["100 raised WARNING"]],
    ["cannot be taken note of before it is raised", [[0, WARNING], [10, "acknowledged"], [100, WARNING], [400, WARNING]], ["100 raised WARNING", "400 escalated CRITICAL"]],
  ])("%s", (_name, steps, expected) => {
    expect(course(steps)).toEqual(expected);
  });

  it("is raised and ends at once where nothing has to last", () => {
    const timing = { forMs: 0, resolveAfterMs: 0, escalateAfterMs: 0 };
    expect(course([[0, EMERGENCY], [1, EMERGENCY], [99_999, EMERGENCY], [100_000, NONE]], timing)).toEqual(["0 raised EMERGENCY", "100000 resolved"]);
  });
});

/** What the model remembers of all observations. */
interface Model {
  now: number;
  readonly observed: { at: number; severity: AlertSeverity }[];
  told: { at: number; news: AlertNews }[];
}
interface Real {
  state: AlertState;
}
type Command = fc.Command<Model, Real>;

function observe(wait: number, severity: AlertSeverity): Command {
  return {
    check: () => true,
    toString: () => `wait ${wait}, observe ${AlertSeverity[severity]}`,
    run(model, real) {
      model.now += wait;
      const before = real.state;
      const { state, news } = advanceAlert(before, { kind: "observed", severity }, TIMING, model.now);
      real.state = state;
      model.observed.push({ at: model.now, severity });
      checkTold(model, before, state, news);
    },
  };
}

const acknowledged: Command = {
  check: () => true,
  toString: () => "acknowledge",
  run(model, real) {
    const before = real.state;
    const { state, news } = advanceAlert(before, { kind: "acknowledged" }, TIMING, model.now);
    real.state = state;
    expect(news === "acknowledged").toBe(before.phase === "raised" && !before.acknowledged);
    checkTold(model, before, state, news);
  },
};

/** True when all observations in the last while, and at least one as old as that, are as wanted. */
function lasted(model: Model, ms: number, wanted: (severity: AlertSeverity) => boolean): boolean {
  const since = model.now - ms;
  const start = model.observed.findLastIndex(({ at }) => at <= since);
  return start >= 0 && model.observed.slice(start).every(({ severity }) => wanted(severity));
}

function checkTold(model: Model, before: AlertState, after: AlertState, news: AlertNews | undefined): void {
  const raised = after.phase === "raised";
  if (news === "raised") {
    expect(before.phase).not.toBe("raised");
    expect(lasted(model, TIMING.forMs, (severity) => severity !== NONE)).toBe(true);
  }
  if (news === "resolved") {
    expect(before.phase).toBe("raised");
    expect(lasted(model, TIMING.resolveAfterMs, (severity) => severity === NONE)).toBe(true);
  }
  if (before.phase !== "raised" && news !== "raised") {
    expect(raised).toBe(false);
    if (model.observed.length > 0) expect(lasted(model, TIMING.forMs, (severity) => severity !== NONE)).toBe(false);
  }
  if (before.phase === "raised" && news !== "resolved") {
    expect(raised).toBe(true);
    if (news !== "acknowledged") expect(lasted(model, TIMING.resolveAfterMs, (severity) => severity === NONE)).toBe(false);
  }
  if (before.phase === "raised" && after.phase === "raised") {
    const [was, is] = [shownSeverity(before), shownSeverity(after)];
    if (is > was) expect(["worsened", "escalated"]).toContain(news);
    if (is < was) expect(news).toBe("eased");
    if (news === "escalated") expect(before.acknowledged).toBe(false);
    expect(after.raisedAt).toBe(before.raisedAt);
  }
  if (news !== undefined) model.told.push({ at: model.now, news });
}

describe("an alert, whatever happens to it", () => {
  it("is raised and ends exactly when its condition has, and gets worse only for a reason", () => {
    const commands = fc.commands(
      [
        fc.tuple(fc.nat(120), fc.constantFrom(NONE, NONE, INFO, WARNING, CRITICAL, EMERGENCY)).map(([wait, severity]) => observe(wait, severity)),
        fc.constant(acknowledged),
      ],
      { maxCommands: 60, size: "max" },
    );
    fc.assert(
      fc.property(commands, (all) => {
        const model: Model = { now: 1_000_000, observed: [], told: [] };
        fc.modelRun(() => ({ model, real: { state: QUIET } }), all);
        const turns = model.told.filter(({ news }) => news === "raised" || news === "resolved").map(({ news }) => news);
        turns.forEach((news, index) => expect(news).toBe(index % 2 === 0 ? "raised" : "resolved"));
      }),
      { seed: 20, numRuns: 500 },
    );
  });
});
