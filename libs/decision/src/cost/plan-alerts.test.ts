import fc from "fast-check";
import { type AlertNote, type AlertStep, planAlerts, type WantedAlert } from "./plan-alerts.ts";

const TELL_MS = 100;

describe("the plan of alerts", () => {
  const plan = (wanted: WantedAlert[], notes: Map<string, AlertNote>, now: number, isOver = () => true) =>
    planAlerts({ wanted, notes, isOver, now, tellMs: TELL_MS });

  it("tells an alert once, and its end once", () => {
    const notes = new Map<string, AlertNote>();
    expect(told(notes, plan([alert("a", "w1")], notes, 1))).toEqual(["a w1 begins"]);
    expect(plan([alert("a", "w1")], notes, 500)).toEqual([]);
    expect(told(notes, plan([], notes, 600))).toEqual(["a w1 ends"]);
    expect(plan([], notes, 700)).toEqual([]);
  });

  it("ends the old occasion before the new one begins", () => {
    const notes = new Map<string, AlertNote>();
    told(notes, plan([alert("a", "w1")], notes, 1));
    expect(told(notes, plan([alert("a", "w2")], notes, 2))).toEqual(["a w1 ends"]);
    expect(told(notes, plan([alert("a", "w2")], notes, 3))).toEqual(["a w2 begins"]);
  });

  it("leaves an alert to whoever is telling it, and takes it over under the same name when that one is gone", () => {
    const notes = new Map<string, AlertNote>();
    const [step] = plan([alert("a", "w1")], notes, 10);
    notes.set("a", step?.during as AlertNote);
    expect(plan([alert("a", "w1")], notes, 109)).toEqual([]);
    const [again] = plan([alert("a", "w1")], notes, 110);
    expect(again?.during).toMatchObject({ raisedMs: 10, phase: "raising", until: 210 });
  });

  it("ends nothing of which it is not known that it is over", () => {
    const notes = new Map<string, AlertNote>();
    told(notes, plan([alert("a", "w1")], notes, 1));
    expect(plan([], notes, 2, () => false)).toEqual([]);
  });

  it("never tells the same twice however replicas with old knowledge and sudden deaths come together", () => {
    const moves = fc.array(
      fc.record({ replica: fc.nat(2), wanted: fc.nat(3), wait: fc.nat(150), dies: fc.boolean() }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(moves, (schedule) => {
        const shared = new Map<string, AlertNote>();
        const seen = [new Map<string, AlertNote>(), new Map<string, AlertNote>(), new Map<string, AlertNote>()];
        const heard = new Map<string, number>();
        let now = 0;
        for (const { replica, wanted, wait, dies } of schedule) {
          now += wait;
          const own = seen[replica] as Map<string, AlertNote>;
          const steps = plan(wanted === 0 ? [] : [alert("a", `w${wanted}`)], own, now);
          for (const step of steps) {
            if (shared.get("a") !== step.before) continue;
            shared.set("a", step.during);
            if (dies) continue;
            const name = `${step.during.phase} ${step.during.raisedMs}`;
            heard.set(name, (heard.get(name) ?? 0) + 1);
            if (step.after === undefined) shared.delete("a");
            else shared.set("a", step.after);
          }
          seen[replica] = new Map(shared);
        }
        for (const [name, count] of heard) expect([name, count]).toEqual([name, 1]);
      }),
      { seed: 20_260_304, numRuns: 2_000 },
    );
  });
});

function alert(alertId: string, occasion: string): WantedAlert {
  return { alertId, occasion, severity: "info", begun: "It is.", over: "It is no longer.", labels: {} };
}

/** Does what a plan says, and tells it in words. */
function told(notes: Map<string, AlertNote>, steps: readonly AlertStep[]): string[] {
  return steps.map(({ during, after }) => {
    const { alertId, occasion } = during.alert;
    if (after === undefined) notes.delete(alertId);
    else notes.set(alertId, after);
    return `${alertId} ${occasion} ${after === undefined ? "ends" : "begins"}`;
  });
}
