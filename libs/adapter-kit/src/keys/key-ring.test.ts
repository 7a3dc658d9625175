import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { KeyRing, type KeyVerdict, type RingKey, type Taken, type TakenKey } from "./key-ring.ts";

const NONE: ReadonlySet<RingKey> = new Set();
const refused: KeyVerdict = { kind: "refuse", code: ErrorCode.PROVIDER_AUTHENTICATION, scope: "key" };
const unpaid: KeyVerdict = { kind: "refuse", code: ErrorCode.PROVIDER_QUOTA_EXHAUSTED, scope: "key" };
const limited = (waitMs: number): KeyVerdict => ({ kind: "rest", waitMs });

function ringOf(...texts: string[]): KeyRing {
  const ring = new KeyRing();
  ring.replace(texts);
  return ring;
}

function take(ring: KeyRing, now: number, model = "m"): TakenKey {
  const taken = ring.take(now, model, NONE);
  if (taken.kind !== "key") throw new Error(`No key but ${taken.kind}.`);
  return taken;
}

const textOf = (taken: Taken) => (taken.kind === "key" ? taken.key.text : taken.kind);
const next = (ring: KeyRing, now: number, model = "m") => textOf(ring.take(now, model, NONE));

describe("a ring of keys", () => {
  it("hands out its keys in turn", () => {
    const ring = ringOf("a", "b", "c");
    expect([1, 2, 3, 4].map((now) => next(ring, now))).toEqual(["a", "b", "c", "a"]);
  });

  it("hands out no key twice to the same request", () => {
    const ring = ringOf("a", "b");
    const first = take(ring, 0);
    const second = ring.take(0, "m", new Set([first.key]));
    expect([textOf(first), textOf(second)]).toEqual(["a", "b"]);
  });

  it("lets a limited key rest for the model as long as told, and tells the shortest wait where all rest", () => {
    const ring = ringOf("a", "b");
    ring.judged(take(ring, 0), "m", limited(5_000), 0);
    expect([next(ring, 1), next(ring, 2)]).toEqual(["b", "b"]);
    ring.judged(take(ring, 3), "m", limited(1_000), 10);
    expect(ring.take(20, "m", NONE)).toEqual({ kind: "resting", waitMs: 990 });
    expect(next(ring, 20, "another")).toBe("a");
    expect(next(ring, 1_010)).toBe("b");
    expect([next(ring, 5_000), next(ring, 5_001)]).toEqual(["a", "b"]);
  });

  it("lets no key rest longer than a day", () => {
    const ring = ringOf("a", "b");
    for (const _ of "ab") ring.judged(take(ring, 0), "m", limited(200_000_000), 0);
    expect(ring.take(0, "m", NONE)).toEqual({ kind: "resting", waitMs: 86_400_000 });
    expect(next(ring, 86_400_000)).toBe("a");
  });

  it("sets a refused key aside, and has one request try it after 30 seconds, then ever later up to ten minutes", () => {
    const ring = ringOf("a", "b");
    let now = 0;
    expect(ring.judged(take(ring, now), "m", refused, now)).toBe(true);
    for (const pause of [30, 60, 120, 240, 480, 600, 600]) {
      expect([next(ring, now + 1), next(ring, now + pause * 1_000 - 10)]).toEqual(["b", "b"]);
      now += pause * 1_000;
      const trial = ["a", "b"].map(() => take(ring, now)).find(({ key }) => key.text === "a");
      expect([next(ring, now), next(ring, now)]).toEqual(["b", "b"]);
      expect(trial && ring.judged(trial, "m", refused, now)).toBe(false);
    }
  });

  it("uses a key again that was taken at its trial", () => {
    const ring = ringOf("a", "b");
    ring.judged(take(ring, 0), "m", unpaid, 0);
    next(ring, 1);
    const trial = take(ring, 30_000);
    expect(textOf(trial)).toBe("a");
    expect(ring.accepted(trial, "m")).toBe(true);
    expect(ring.accepted(trial, "m")).toBe(false);
    expect([next(ring, 30_001), next(ring, 30_002)]).toEqual(["b", "a"]);
  });

  it("counts requests once that were under way together when their key was refused", () => {
    const ring = ringOf("a", "b");
    const together = [0, 1, 2].map((now) => [take(ring, now), take(ring, now)][0]).filter((taken) => taken !== undefined);
    expect(together.map((taken) => ring.judged(taken, "m", refused, 10))).toEqual([true, false, false]);
    expect([next(ring, 30_010), next(ring, 30_010)]).toContain("a");
  });

  it("sets a key aside for one model only where the refusal says no more", () => {
    const ring = ringOf("a", "b");
    ring.judged(take(ring, 0), "m", { ...refused, scope: "model" } as KeyVerdict, 0);
    expect([next(ring, 1), next(ring, 2)]).toEqual(["b", "b"]);
    expect([next(ring, 3, "n"), next(ring, 4, "n")].sort()).toEqual(["a", "b"]);
    expect(ring.states(5)).toEqual({ ready: 1, resting: 1, dead: 0 });
  });

  it.each<[string, KeyVerdict[], Taken]>([
    ["refused", [refused, refused], { kind: "refused", code: ErrorCode.PROVIDER_AUTHENTICATION }],
    ["unpaid", [unpaid, unpaid], { kind: "refused", code: ErrorCode.PROVIDER_QUOTA_EXHAUSTED }],
    ["refused or unpaid", [refused, unpaid], { kind: "refused", code: ErrorCode.PROVIDER_AUTHENTICATION }],
    ["refused or resting", [refused, limited(700)], { kind: "resting", waitMs: 700 }],
  ])("hands out nothing while all keys are %s", (_what, verdicts, expected) => {
    const ring = ringOf("a", "b");
    for (const verdict of verdicts) ring.judged(take(ring, 0), "m", verdict, 0);
    expect(ring.take(0, "m", NONE)).toEqual(expected);
  });

  it("always hands out an only key, and says of it what is known", () => {
    const ring = ringOf("a");
    ring.judged(take(ring, 0), "m", limited(1_000), 0);
    expect(next(ring, 1)).toBe("a");
    expect(ring.states(1)).toEqual({ ready: 0, resting: 1, dead: 0 });
    ring.judged(take(ring, 1), "m", refused, 1);
    expect(next(ring, 2)).toBe("a");
    expect(ring.states(2)).toEqual({ ready: 0, resting: 0, dead: 1 });
  });

  it("hands out nothing while it has no keys", () => {
    const ring = ringOf("a");
    ring.replace([]);
    expect(ring.take(0, "m", NONE)).toEqual({ kind: "empty" });
  });

  it("keeps what is known of a key when others change, and forgets it with its text", () => {
    const ring = ringOf("a", "b");
    const taken = take(ring, 0);
    ring.judged(taken, "m", refused, 0);
    ring.replace(["c", "a"]);
    expect(ring.states(1)).toEqual({ ready: 1, resting: 0, dead: 1 });
    expect([next(ring, 1), next(ring, 2)]).toEqual(["c", "c"]);
    ring.replace(["c", "d"]);
    expect(ring.judged(taken, "m", refused, 3)).toBe(false);
    expect(ring.states(3)).toEqual({ ready: 2, resting: 0, dead: 0 });
  });

  it("keeps no more than 128 models of a key apart", () => {
    const ring = ringOf("a", "b");
    const { key, kind, at } = take(ring, 0);
    for (let model = 0; model < 1_000; model++) ring.judged({ key, kind, at }, `m${model}`, limited(60_000), 0);
    expect(next(ring, 1, "m0")).toBe("b");
    expect(next(ring, 1, "m0")).toBe("a");
    expect([next(ring, 1, "m999"), next(ring, 1, "m999")]).toEqual(["b", "b"]);
  });
});
