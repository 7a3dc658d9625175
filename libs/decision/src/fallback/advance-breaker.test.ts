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
    ["is half open once the target was found to answer", `${FIVE_FAILURES} recovered@9`, { kind: "half_open", changedAt: 9 }, true],
    ["does not mind a target that was found to answer while closed", "failed@1 recovered@2", { kind: "closed", failures: 1 }, true],
    ["stays open where the clock goes back", `${FIVE_FAILURES} asked@0`, { kind: "open" }, false],
    ["stays open no longer than its time where the clock goes back", `${FIVE_FAILURES} asked@0 asked@60000`, { kind: "half_open" }, true],
    ["tells a later time of each change where the clock stands still", `${FIVE_FAILURES} recovered@5 reset@5`, { kind: "closed", changedAt: 7 }, true],
  ])("%s", (_, script, state, allowed) => {
    const step = play(script);
    expect(step.state).toMatchObject(state);
    expect(step.allowed).toBe(allowed);
  });

  it("tells the end of a probe from the end of a call that began before, where it is told when that began", () => {
    const { state } = play(HALF_OPEN);
    const late = advanceBreaker(state, "failed", 60_006, DEFAULT_BREAKER, { since: CLOSED.changedAt, number: 1 });
    expect(late.state).toBe(state);
    const probe = advanceBreaker(state, "failed", 60_006, DEFAULT_BREAKER, { since: state.changedAt, number: 0 });
    expect(probe.state.kind).toBe("open");
  });

  it("opens at a share of failures over its window, however they lie among successes", () => {
    const settings = { ...DEFAULT_BREAKER, failureRate: 0.5, minCalls: 10, windowMs: 1_000 };
    const alternating = Array.from({ length: 9 }, (_, index) => `${index % 2 === 0 ? "succeeded" : "failed"}@${index}`).join(" ");
    expect(play(alternating, settings).state.kind).toBe("closed");
    expect(play(`${alternating} failed@9`, settings).state.kind).toBe("open");
    expect(play(`${alternating} failed@9`, { ...settings, failureRate: 0 }).state.kind).toBe("closed");
    expect(play(`${alternating} failed@9`, { ...settings, failureRate: 0.6 }).state.kind).toBe("closed");
  });

  it("forgets calls that have left the window", () => {
    const settings = { ...DEFAULT_BREAKER, failureRate: 0.5, minCalls: 4, windowMs: 1_000 };
    const before = "succeeded@0 failed@1 succeeded@2";
    expect(play(`${before} failed@900`, settings).state.kind).toBe("open");
    expect(play(`${before} failed@2900`, settings).state.kind).toBe("closed");
  });

  /** Plays calls by number: "+1" begins call 1, "1f", "1s" and "1a" end it. */
  function calls(script: string, settings: BreakerSettings = DEFAULT_BREAKER): BreakerState {
    let state = CLOSED;
    for (const step of script.split(" ")) {
      const event = ({ f: "failed", s: "succeeded", a: "abandoned" } as const)[step.slice(-1)];
      const number = Number(step.replace(/[+fsa]/g, ""));
      state = advanceBreaker(state, event ?? "asked", 1, settings, event === undefined ? undefined : { since: CLOSED.changedAt, number }).state;
    }
    return state;
  }

  it.each<[string, string, BreakerState["kind"]]>([
    ["opens for calls one after the other", "+1 1f +2 2f +3 3f +4 4f +5 5f", "open"],
    ["opens for calls at the same time", "+1 +2 +3 +4 +5 1f 3f 2f 5f 4f", "open"],
    ["does not mind a success of a call that began before the row", "+1 +2 2f +3 3f +4 4f 1s +5 5f +6 6f", "open"],
    ["ends a row at a success of a call that began in it", "+1 1f +2 2f +3 +4 4f 3s +5 5f +6 6f", "closed"],
    ["leaves failures out of calls that began before a success", "+1 +2 +3 +4 +5 +6 6s 1f 2f 3f 4f 5f", "closed"],
    ["does not wait for calls that began after a row of failures", "+1 1f +2 2f +3 3f +4 4f +5 +6 +7 +8 +9 5f", "open"],
    ["waits for calls that began in a row of failures", "+1 1f +2 2f +3 3f +4 +5 5f +6 6f", "closed"],
    ["opens once failures outnumber by far those that are awaited", "+1 1f +2 2f +3 3f +4 +5 5f +6 6f +7 7f", "open"],
    ["does not wait for calls that were given up", "+1 1f +2 2f +3 3f +4 4a +5 5f +6 6f", "open"],
    ["does not wait for calls that were given up before the row", "+1 +2 +3 2a 3a 1f +4 4f +5 5f +6 6f +7 7f", "open"],
  ])("%s", (_, script, kind) => expect(calls(script).kind).toBe(kind));

  it("takes a row that chance explains for none, on a target that is known to fail now and then", () => {
    let state = CLOSED;
    const end = (event: "succeeded" | "failed") => {
      state = advanceBreaker(state, "asked", 1, DEFAULT_BREAKER).state;
      state = advanceBreaker(state, event, 1, DEFAULT_BREAKER, { since: state.changedAt, number: state.started }).state;
    };
    for (let count = 0; count < 400; count++) end(count % 5 === 0 ? "failed" : "succeeded");
    for (let count = 0; count < 8; count++) end("failed");
    expect(state.kind).toBe("closed");
    end("failed");
    expect(state.kind).toBe("open");
    state = CLOSED;
    for (let count = 0; count < 400; count++) end("succeeded");
    for (let count = 0; count < 5; count++) end("failed");
    expect(state.kind).toBe("open");
  });

  it("is not opened by a fifth of failures that come at once, among successes that take their time", () => {
    const settings = DEFAULT_BREAKER;
    let state = CLOSED;
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const under: { at: number; number: number }[] = [];
    for (let now = 0; now < 60_000; now++) {
      while (under[0] !== undefined && under[0].at <= now) {
        const { number } = under.shift() as { at: number; number: number };
        state = advanceBreaker(state, "succeeded", now, settings, { since: state.changedAt, number }).state;
      }
      while (under.length < 20) {
        state = advanceBreaker(state, "asked", now, settings).state;
        const number = state.started;
        if (random() >= 0.2) under.push({ at: now + 30, number });
        else state = advanceBreaker(state, "failed", now, settings, { since: state.changedAt, number }).state;
        expect(state.kind).toBe("closed");
      }
    }
    for (const { number } of under) state = advanceBreaker(state, "succeeded", 60_000, settings, { since: state.changedAt, number }).state;
    let failed = 0;
    while (state.kind === "closed") {
      state = advanceBreaker(state, "asked", 60_000, settings).state;
      state = advanceBreaker(state, "failed", 60_000, settings, { since: state.changedAt, number: state.started }).state;
      failed += 1;
    }
    expect(failed).toBeLessThanOrEqual(12);
  });
});
