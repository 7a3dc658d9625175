import { create } from "@bufbuild/protobuf";
import { ProviderDescriptionSchema, TargetLimitsSchema } from "@fairlead/contracts/adapter/v1/model";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { LoadReportedSchema } from "@fairlead/contracts/events/v1/event";
import fc from "fast-check";
import { advanceTraffic, NO_TRAFFIC, readTraffic, type TargetTraffic, type TrafficFacts } from "./advance-traffic.ts";
import { headroomOf } from "./headroom.ts";
import { expireLoadReports, NO_REPORTS, sumLoads, takeLoadReport } from "./load-reports.ts";
import { addToMinute, minuteSum, QUIET_MINUTE } from "./rolling-minute.ts";
import { describedTargets } from "./target-offer.ts";

const START = 1_700_000_000_000;
const FADE_MS = 30_000;

describe("a rolling minute", () => {
  it("forgets what is older, part by part", () => {
    let minute = QUIET_MINUTE;
    for (let second = 0; second < 120; second++) minute = addToMinute(minute, 1, START + second * 1_000);
    expect(minuteSum(minute, START + 120_000)).toBeGreaterThan(54);
    expect(minuteSum(minute, START + 120_000)).toBeLessThanOrEqual(65);
    expect(minuteSum(minute, START + 150_000)).toBeCloseTo(30, -1);
    expect(minuteSum(minute, START + 186_000)).toBe(0);
  });

  it("never shows more than was added nor less than nothing, whatever the clock does", () => {
    const steps = fc.array(fc.record({ wait: fc.integer({ min: -20_000, max: 90_000 }), amount: fc.nat(100) }), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (all) => {
        let minute = QUIET_MINUTE;
        let now = START;
        let added = 0;
        for (const { wait, amount } of all) {
          now += wait;
          added += amount;
          minute = addToMinute(minute, amount, now);
          const sum = minuteSum(minute, now);
          expect(sum).toBeGreaterThanOrEqual(amount);
          expect(sum).toBeLessThanOrEqual(added);
          expect(minute.parts.length).toBeLessThanOrEqual(12);
        }
      }),
    );
  });
});

describe("the traffic of a target", () => {
  const fact = (facts: Partial<TrafficFacts> = {}): TrafficFacts => ({
    errorCode: ErrorCode.UNSPECIFIED,
    inputTokens: 100,
    outputTokens: 50,
    costNanoUsd: 2_000n,
    ...facts,
  });
  const after = (...facts: TrafficFacts[]): TargetTraffic =>
    facts.reduce((state, one) => advanceTraffic(state, one, START, FADE_MS), NO_TRAFFIC);

  it("counts requests and tokens that were sent, and not those that never were", () => {
    const state = after(fact(), fact({ errorCode: ErrorCode.CANCELLED }), fact({ errorCode: ErrorCode.CIRCUIT_OPEN }));
    expect(readTraffic(state, START, FADE_MS)).toMatchObject({ requestsPerMinute: 2, tokensPerMinute: 300 });
  });

  it("charges what failures cost to the calls that succeeded", () => {
    const state = after(fact(), fact({ errorCode: ErrorCode.TIMEOUT, costNanoUsd: 1_000n }));
    expect(readTraffic(state, START, FADE_MS).costPerSuccessNanoUsd).toBeCloseTo(3_000, 9);
    expect(readTraffic(after(fact({ errorCode: ErrorCode.TIMEOUT })), START, FADE_MS).costPerSuccessNanoUsd).toBe(0);
  });

  it("names the failures of the target, which fade, and no others", () => {
    const state = after(
      fact({ errorCode: ErrorCode.RATE_LIMITED }),
      fact({ errorCode: ErrorCode.RATE_LIMITED }),
      fact({ errorCode: ErrorCode.TIMEOUT }),
      fact({ errorCode: ErrorCode.INVALID_REQUEST }),
    );
    expect(readTraffic(state, START, FADE_MS).errors).toEqual({ RATE_LIMITED: 2, TIMEOUT: 1 });
    const later = readTraffic(state, START + FADE_MS, FADE_MS).errors;
    expect(later.RATE_LIMITED).toBeCloseTo(2 / Math.E, 6);
    expect(readTraffic(state, START + 10 * FADE_MS, FADE_MS).errors).toEqual({});
  });
});

describe("reports of load", () => {
  const report = (instance: string, active: number, queued = 0) =>
    create(LoadReportedSchema, { instance, loads: [{ provider: "p", model: "m", deployment: "east", active, queued }] });

  it("are summed over executors; the newest of each counts", () => {
    let reports = takeLoadReport(NO_REPORTS, report("a", 3, 1), START);
    reports = takeLoadReport(reports, report("b", 2), START);
    reports = takeLoadReport(reports, report("a", 1), START);
    expect(sumLoads(reports).get("p/m#east")).toEqual({ active: 3, queued: 0 });
    expect(sumLoads(takeLoadReport(reports, create(LoadReportedSchema, { instance: "a" }), START)).get("p/m#east")).toEqual({
      active: 2,
      queued: 0,
    });
  });

  it("end with an executor that falls silent, unless nobody could be heard", () => {
    const reports = takeLoadReport(takeLoadReport(NO_REPORTS, report("a", 3), START), report("b", 2), START + 2_000);
    expect(expireLoadReports(reports, START + 3_000, 3_000, 0)).toBe(reports);
    expect([...expireLoadReports(reports, START + 3_001, 3_000, 0).keys()]).toEqual(["b"]);
    expect(expireLoadReports(reports, START + 60_000, 3_000, START + 58_000)).toBe(reports);
  });

  it("are kept of a bounded number of executors", () => {
    let reports = NO_REPORTS;
    for (let index = 0; index < 1_100; index++) reports = takeLoadReport(reports, report(`instance ${index}`, 1), START);
    expect(reports.size).toBe(1_000);
  });
});

describe("offers and headroom", () => {
  it("takes limits from the deployment, else from the model, whose deployments share them", () => {
    const description = create(ProviderDescriptionSchema, {
      provider: "azure",
      models: [
        {
          model: "large",
          canonicalModel: "gpt-large",
          limits: { requestsPerMinute: 100 },
          deployments: [
            { deployment: "east", region: "us-east", weight: 3 },
            { deployment: "west", limits: { requestsPerMinute: 10, quotaAccount: "team" } },
            { deployment: "north", limits: { requestsPerMinute: 20 } },
          ],
        },
        { model: "small" },
      ],
    });
    const offers = describedTargets(description).map(({ key, canonicalModel, weight, region, account, limits }) => [
      key,
      canonicalModel,
      weight,
      region,
      account,
      limits?.requestsPerMinute,
    ]);
    expect(offers).toEqual([
      ["azure/large#east", "gpt-large", 3, "us-east", "azure/large", 100],
      ["azure/large#west", "gpt-large", 1, "", "team", 10],
      ["azure/large#north", "gpt-large", 1, "", "azure/large#north", 20],
      ["azure/small", "small", 1, "", "", undefined],
    ]);
  });

  it("is what is left of the scarcest limit, and all where there is none", () => {
    const usage = { requestsPerMinute: 30, tokensPerMinute: 9_000, active: 9 };
    expect(headroomOf(undefined, usage)).toEqual({ requests: 1, tokens: 1 });
    expect(headroomOf(create(TargetLimitsSchema, {}), usage)).toEqual({ requests: 1, tokens: 1 });
    const limits = create(TargetLimitsSchema, { requestsPerMinute: 60, tokensPerMinute: 10_000n });
    expect(headroomOf(limits, usage)).toEqual({ requests: 0.5, tokens: expect.closeTo(0.1, 9) });
    const tight = create(TargetLimitsSchema, { requestsPerMinute: 60, concurrentRequests: 10, tokensPerMinute: 8_000n });
    expect(headroomOf(tight, usage)).toEqual({ requests: expect.closeTo(0.1, 9), tokens: 0 });
  });
});
