import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Circuit, CircuitSchema, CircuitState } from "@fairlead/contracts/execution/v1/circuit";
import fc from "fast-check";
import { accessOf, type CircuitReport, mergeCircuit, readCircuit } from "./merge-circuit.ts";

const NOW = 1_700_000_000_000;
const { CLOSED, OPEN, HALF_OPEN, UNSPECIFIED } = CircuitState;

function circuit(state: CircuitState, changedAt?: number): Circuit {
  return create(CircuitSchema, {
    state,
    ...(changedAt === undefined ? {} : { changedAt: timestampFromMs(changedAt) }),
  });
}

function merged(...told: Circuit[]): CircuitReport | undefined {
  return told.reduce<CircuitReport | undefined>((known, next) => mergeCircuit(known, next, NOW), undefined);
}

describe("merging circuits", () => {
  it("takes the later change, whichever comes first", () => {
    const early = circuit(OPEN, NOW - 2_000);
    const late = circuit(HALF_OPEN, NOW - 1_000);
    expect(merged(early, late)?.state).toBe(HALF_OPEN);
    expect(merged(late, early)?.state).toBe(HALF_OPEN);
  });

  it("takes the more careful of two changes at the same time", () => {
    expect(merged(circuit(OPEN, NOW), circuit(CLOSED, NOW))?.state).toBe(OPEN);
    expect(merged(circuit(CLOSED, NOW), circuit(OPEN, NOW))?.state).toBe(OPEN);
  });

  it("takes a report without a time as the oldest", () => {
    expect(merged(circuit(OPEN, NOW - 9), circuit(CLOSED))?.state).toBe(OPEN);
  });

  it("does not let a clock that runs ahead overrule later reports", () => {
    const ahead = mergeCircuit(undefined, circuit(OPEN, NOW + 300_000), NOW);
    expect(mergeCircuit(ahead, circuit(CLOSED, NOW + 5), NOW + 5).state).toBe(CLOSED);
  });

  it("ends in the same state in whatever order reports come and however often", () => {
    const report = fc.record({
      state: fc.constantFrom(CLOSED, OPEN, HALF_OPEN),
      at: fc.integer({ min: NOW - 5, max: NOW }),
    });
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 8 }), fc.infiniteStream(fc.nat()), (reports, order) => {
        const told = reports.map(({ state, at }) => circuit(state, at));
        const shuffled = [...told, ...told].toSorted(() => ((order.next().value ?? 0) % 3) - 1);
        expect(merged(...shuffled)).toEqual(merged(...told));
      }),
    );
  });
});

describe("reading a circuit", () => {
  it.each([
    ["nothing told", undefined, 0, CLOSED],
    ["an unspecified state", UNSPECIFIED, 0, CLOSED],
    ["closed", CLOSED, 99_999, CLOSED],
    ["open", OPEN, 29_999, OPEN],
    ["open, but not told for long", OPEN, 30_000, HALF_OPEN],
    ["half open", HALF_OPEN, 99_999, HALF_OPEN],
  ])("sees %s", (_name, state, elapsedMs, expected) => {
    const report = state === undefined ? undefined : { state, changedAt: NOW, heardAt: NOW };
    expect(readCircuit(report, NOW + elapsedMs, 30_000)).toBe(expected);
  });

  it.each([
    [CLOSED, 0, "open"],
    [HALF_OPEN, 0, "probing"],
    [OPEN, 0, "shut"],
    [CLOSED, NOW + 1, "shut"],
    [CLOSED, NOW, "open"],
  ])("lets through what circuit %s with a limit until %s allows: %s", (state, until, expected) => {
    expect(accessOf(state, until, NOW)).toBe(expected);
  });
});
