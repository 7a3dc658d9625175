import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import fc from "fast-check";
import { windowEnd, windowStart } from "./budget-window.ts";

const LASTING = [BudgetWindow.HOUR, BudgetWindow.DAY, BudgetWindow.WEEK, BudgetWindow.MONTH];
const anyTime = fc.integer({ min: 0, max: 4_102_444_800_000 });

describe("windowStart and windowEnd", () => {
  it.each([
    [BudgetWindow.HOUR, "2026-03-01T23:59:59.999Z", "2026-03-01T23:00:00.000Z", "2026-03-02T00:00:00.000Z"],
    [BudgetWindow.DAY, "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"],
    [BudgetWindow.WEEK, "2026-03-01T12:00:00.000Z", "2026-02-23T00:00:00.000Z", "2026-03-02T00:00:00.000Z"],
    [BudgetWindow.WEEK, "2026-03-02T00:00:00.000Z", "2026-03-02T00:00:00.000Z", "2026-03-09T00:00:00.000Z"],
    [BudgetWindow.MONTH, "2025-12-31T23:59:59.999Z", "2025-12-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
  ])("put window %s at %s between %s and %s", (window, now, start, end) => {
    expect(new Date(windowStart(window, Date.parse(now))).toISOString()).toBe(start);
    expect(new Date(windowEnd(window, Date.parse(now))).toISOString()).toBe(end);
  });

  it("enclose the time, and windows follow each other without a gap", () => {
    fc.assert(
      fc.property(fc.constantFrom(...LASTING), anyTime, (window, now) => {
        const start = windowStart(window, now);
        const end = windowEnd(window, now);
        expect(start).toBeLessThanOrEqual(now);
        expect(end).toBeGreaterThan(now);
        expect(windowStart(window, start)).toBe(start);
        expect(windowStart(window, end - 1)).toBe(start);
        expect(windowStart(window, end)).toBe(end);
      }),
    );
  });

  it("start weeks on Monday", () => {
    fc.assert(
      fc.property(anyTime, (now) => {
        expect(new Date(windowStart(BudgetWindow.WEEK, now)).getUTCDay()).toBe(1);
      }),
    );
  });
});
