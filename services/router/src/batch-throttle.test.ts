import { BatchThrottle } from "./batch-throttle.ts";

describe("the throttle of low priority", () => {
  it("lets one through, and another only when its time has come", () => {
    const throttle = new BatchThrottle(6);
    expect(throttle.wait("a", 1_000)).toBe(0);
    expect(throttle.wait("a", 1_000)).toBe(10_000);
    expect(throttle.wait("a", 6_000)).toBe(5_000);
    expect(throttle.wait("a", 11_000)).toBe(0);
  });

  it("counts each budget by itself", () => {
    const throttle = new BatchThrottle(1);
    expect([throttle.wait("a", 0), throttle.wait("b", 0), throttle.wait("a", 0)]).toEqual([0, 0, 60_000]);
  });

  it("lets nothing through at nought a minute", () => {
    expect(new BatchThrottle(0).wait("a", 0)).toBe(60_000);
  });

  it("is not led by a clock that is set back", () => {
    const throttle = new BatchThrottle(60);
    expect(throttle.wait("a", 100_000)).toBe(0);
    expect(throttle.wait("a", 0)).toBe(1_000);
  });
});
