import { Verdict } from "@fairlead/contracts/sla/v1/health";
import fc from "fast-check";
import { advanceAlert } from "./advance-alert.ts";

const TARGET = { provider: "openai", model: "m1" };

describe("alerts about a target", () => {
  it("start when it becomes unhealthy", () => {
    expect(
      advanceAlert(TARGET, false, { verdict: Verdict.UNHEALTHY, reason: "The success rate of 0 % is below 85 %." }),
    ).toEqual({
      alertId: "sla/openai/m1",
      severity: "critical",
      message: "openai/m1 is unhealthy. The success rate of 0 % is below 85 %.",
      resolved: false,
    });
  });

  it.each([
    [Verdict.HEALTHY, "openai/m1 is healthy again."],
    [Verdict.DEGRADED, "openai/m1 is no longer unhealthy, but degraded."],
    [Verdict.UNSPECIFIED, "openai/m1 is called too seldom to be judged."],
  ])("end with verdict %s", (verdict, message) => {
    expect(advanceAlert(TARGET, true, { verdict, reason: "" })).toMatchObject({
      alertId: "sla/openai/m1",
      message,
      resolved: true,
    });
  });

  it("start and end in turn, whatever the verdicts", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3)), (verdicts: Verdict[]) => {
        let raised = false;
        for (const verdict of verdicts) {
          const alert = advanceAlert(TARGET, raised, { verdict, reason: "" });
          if (alert !== undefined) expect(alert.resolved).toBe(raised);
          if (alert !== undefined) raised = !alert.resolved;
          expect(raised).toBe(verdict === Verdict.UNHEALTHY);
        }
      }),
    );
  });
});
