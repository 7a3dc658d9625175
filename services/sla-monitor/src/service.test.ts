import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type TargetHealth, Verdict } from "@fairlead/contracts/sla/v1/health";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import { eventually, type Ground, layGround, pass, type Replica, type ReplicaOptions, startReplica } from "./testing/bench.ts";

const M1 = { provider: "openai", model: "m1", durationMs: 100 };
const FAILED = { ...M1, errorCode: ErrorCode.PROVIDER_ERROR };
const closers: (() => Promise<void>)[] = [];

async function startBench(config: ReplicaOptions["config"] = {}): Promise<Ground & Replica> {
  const ground = layGround();
  const replica = await startReplica(ground, { config });
  const close = () => replica.close().then(() => ground.close());
  closers.push(close);
  return { ...ground, ...replica, close };
}

const verdictIs = (verdict: Verdict, name = "openai/m1") => (targets: Map<string, TargetHealth>) => targets.get(name)?.verdict === verdict;

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe("the health of targets", () => {
  it("says nothing of a target before enough calls were seen", async () => {
    const bench = await startBench();
    bench.attempts(9, FAILED);
    const targets = await bench.until((seen) => seen.get("openai/m1")?.calls === 9n);
    expect(targets.get("openai/m1")).toMatchObject({ verdict: Verdict.UNSPECIFIED, reason: "", successRate: 0 });
  });

  it("shows the figures of a target that is well", async () => {
    const bench = await startBench();
    for (let index = 1; index <= 100; index += 1) bench.attempts(1, { ...M1, durationMs: index * 10 });
    const targets = await bench.until((seen) => seen.get("openai/m1")?.calls === 100n);
    const health = targets.get("openai/m1");
    expect(health).toMatchObject({ verdict: Verdict.HEALTHY, successRate: 1 });
    for (const [shown, exact] of [
      [health?.latencyP50Ms, 500],
      [health?.latencyP95Ms, 950],
      [health?.latencyP99Ms, 990],
    ]) {
      expect(Math.abs((shown ?? 0) - (exact ?? 0))).toBeLessThanOrEqual(0.02 * (exact ?? 0) + 10);
    }
  });

  it("finds a target degraded, then unhealthy, as failures add up", async () => {
    const bench = await startBench();
    bench.attempts(90, M1);
    bench.attempts(10, { ...M1, errorCode: ErrorCode.OVERLOADED });
    const degraded = await bench.until(verdictIs(Verdict.DEGRADED));
    expect(degraded.get("openai/m1")?.reason).toBe("The success rate of 90 % is below 95 %.");
    bench.attempts(9, { ...M1, errorCode: ErrorCode.OVERLOADED });
    const unhealthy = await bench.until(verdictIs(Verdict.UNHEALTHY));
    expect(unhealthy.get("openai/m1")?.reason).toBe("The success rate of 82.56 % is below 85 %.");
  });

  it("finds a target unhealthy whose last calls all failed, however many succeeded before", async () => {
    const bench = await startBench();
    bench.attempts(2_000, M1);
    bench.attempts(20, FAILED);
    expect((await bench.until(verdictIs(Verdict.UNHEALTHY))).get("openai/m1")?.reason).toBe("The last 20 calls failed.");
  });

  it("finds a slow target unhealthy", async () => {
    const bench = await startBench();
    bench.attempts(20, { ...M1, durationMs: 20_000 });
    const targets = await bench.until(verdictIs(Verdict.UNHEALTHY));
    expect(targets.get("openai/m1")?.reason).toMatch(/^The 95th percentile of the latency, \d+ ms, is above 15000 ms\.$/);
  });

  it("does not hold failures of requests against a target", async () => {
    const bench = await startBench();
    bench.attempts(50, { ...M1, errorCode: ErrorCode.INVALID_REQUEST });
    bench.attempts(50, { ...M1, errorCode: ErrorCode.CANCELLED });
    bench.attempts(10, M1);
    const targets = await bench.until((seen) => seen.get("openai/m1")?.calls === 10n);
    expect(targets.get("openai/m1")?.verdict).toBe(Verdict.HEALTHY);
  });

  it("tells a new verdict to those who watch, and on the bus, in well under a second at its usual pace", async () => {
    const bench = await startBench({ reviewMs: 250 });
    bench.attempts(20, M1);
    await bench.until(verdictIs(Verdict.HEALTHY));
    const told = bench.until(verdictIs(Verdict.UNHEALTHY));
    const since = performance.now();
    bench.attempts(20, FAILED);
    await told;
    await eventually(() => bench.health.some(({ health }) => health?.verdict === Verdict.UNHEALTHY));
    expect(performance.now() - since).toBeLessThan(700);
    expect(bench.health.map(({ health }) => [health?.model, health?.verdict])).toEqual([
      ["m1", Verdict.HEALTHY],
      ["m1", Verdict.UNHEALTHY],
    ]);
  });

  it("gets better only after the figures have been better for a while", async () => {
    const bench = await startBench();
    bench.attempts(100, M1);
    bench.attempts(6, FAILED);
    await bench.until(verdictIs(Verdict.DEGRADED));
    bench.attempts(100, M1);
    await bench.until((seen) => seen.get("openai/m1")?.calls === 206n);
    expect((await bench.client.listHealth({})).targets[0]).toMatchObject({ verdict: Verdict.DEGRADED });
    await pass(bench, 9_000, 3_000);
    expect((await bench.client.listHealth({})).targets[0]?.verdict).toBe(Verdict.DEGRADED);
    bench.clock.now += 1_100;
    await bench.until(verdictIs(Verdict.HEALTHY));
  });

  it("forgets a target that nobody calls any more", async () => {
    const bench = await startBench();
    bench.attempts(20, FAILED);
    await bench.until(verdictIs(Verdict.UNHEALTHY));
    bench.clock.now += 310_000;
    await bench.until((seen) => seen.size === 0);
    expect((await bench.client.listHealth({})).targets).toEqual([]);
  });

  it("watches no more targets than its bound, and others once there is room", async () => {
    const bench = await startBench({ maxTargets: 2 });
    for (let index = 0; index < 5; index += 1) bench.attempts(1, { ...M1, model: `m${index}` });
    const targets = await bench.until((seen) => seen.size === 2);
    expect([...targets.keys()]).toEqual(["openai/m0", "openai/m1"]);
    expect(await bench.metrics.metrics()).toContain("fairlead_sla_unwatched_calls_total 3");
    bench.clock.now += 310_000;
    await bench.until((seen) => seen.size === 0);
    bench.attempts(1, { ...M1, model: "m4" });
    expect([...(await bench.until((seen) => seen.size === 1)).keys()]).toEqual(["openai/m4"]);
  });

  it("lists targets by provider and model, within a scope", async () => {
    const bench = await startBench();
    for (const [provider, model] of [
      ["openai", "m2"],
      ["openai", "m1"],
      ["azure", "m3"],
    ] as const) {
      bench.attempts(1, { ...M1, provider, model });
    }
    await bench.until((seen) => seen.size === 3);
    const names = async (scope?: { provider: string }) =>
      (await bench.client.listHealth(scope === undefined ? {} : { scope })).targets.map(({ provider, model }) => `${provider}/${model}`);
    expect(await names()).toEqual(["azure/m3", "openai/m1", "openai/m2"]);
    expect(await names({ provider: "azure" })).toEqual(["azure/m3"]);
  });

  it("names only announced targets in its metrics; of the others it shows the worst", async () => {
    const bench = await startBench();
    bench.announce("openai", ["m1"]);
    bench.attempts(20, M1);
    bench.attempts(20, { ...FAILED, model: "invented one" });
    bench.attempts(20, { ...M1, model: "invented two", provider: "invented three" });
    await bench.until((seen) => [...seen.values()].filter(({ calls }) => calls === 20n).length === 3);
    const text = await bench.metrics.metrics();
    expect(text).toContain('fairlead_target_verdict{provider="openai",model="m1"} 1');
    expect(text).toContain('fairlead_target_verdict{provider="other",model="other"} 3');
    expect(text).toMatch(/fairlead_sla_burn_rate\{provider="openai",window="1h"\} (10|9\.99)/);
    expect(text).not.toContain("invented");
  });
});

describe("checks of providers", () => {
  const checked = { checkMs: 20, recheckMs: 10, recoverMs: 1_000 };

  /** The clock goes on, as checks are timed by it. */
  function run(bench: Ground): () => void {
    const timer = setInterval(() => (bench.clock.now += 20), 10);
    const announcing = setInterval(() => bench.announce("openai", ["m1", "m2"]), 50);
    return () => {
      clearInterval(timer);
      clearInterval(announcing);
    };
  }

  it("find an outage that no call has met, and its end, in less than a second after the threshold", async () => {
    const bench = await startBench(checked);
    const stop = run(bench);
    await eventually(async () => (await bench.client.listHealth({})).checks[0]?.answered === true, "an answered check");
    bench.broken.set("openai", ErrorCode.PROVIDER_UNREACHABLE);
    await eventually(async () => ((await bench.client.listHealth({})).checks[0]?.inARow ?? 0) >= 3 && bench.broken.size > 0, "failed checks");
    const since = performance.now();
    const down = await bench.until((seen) => verdictIs(Verdict.UNHEALTHY)(seen) && verdictIs(Verdict.UNHEALTHY, "openai/m2")(seen));
    await eventually(() => bench.health.filter(({ health }) => health?.verdict === Verdict.UNHEALTHY).length === 2);
    expect(performance.now() - since).toBeLessThan(700);
    expect(down.get("openai/m1")?.reason).toMatch(/^The last \d+ checks of the provider failed\.$/);
    expect((await bench.client.listHealth({})).checks).toMatchObject([{ provider: "openai", answered: false, error: "provider_unreachable" }]);
    bench.broken.clear();
    await bench.until((seen) => seen.size === 0);
    await eventually(() => bench.health.at(-1)?.health?.verdict !== Verdict.UNHEALTHY);
    stop();
    const text = await bench.metrics.metrics();
    expect(text).toMatch(/fairlead_provider_checks_total\{provider="openai",outcome="answered"\} \d+/);
    expect(text).toMatch(/fairlead_provider_checks_total\{provider="openai",outcome="failed"\} \d+/);
  });

  it("let an unhealthy target be tried again although nobody calls it, and calls decide", async () => {
    const bench = await startBench(checked);
    const stop = run(bench);
    await eventually(async () => (await bench.client.listHealth({})).checks[0]?.answered === true, "an answered check");
    bench.attempts(30, FAILED);
    await bench.until(verdictIs(Verdict.UNHEALTHY));
    const tried = await bench.until(verdictIs(Verdict.DEGRADED));
    expect(tried.get("openai/m1")?.reason).toBe("It answers checks again and is being tried.");
    bench.attempts(30, FAILED);
    await bench.until(verdictIs(Verdict.UNHEALTHY));
    await bench.until(verdictIs(Verdict.DEGRADED));
    bench.attempts(30, M1);
    await bench.until(verdictIs(Verdict.HEALTHY));
    stop();
  });

  it("are not made where an adapter cannot be asked, nor where they are switched off", async () => {
    const bench = await startBench(checked);
    bench.broken.set("openai", ErrorCode.UNIMPLEMENTED);
    const stop = run(bench);
    bench.attempts(20, M1);
    await bench.until(verdictIs(Verdict.HEALTHY));
    stop();
    expect((await bench.client.listHealth({})).checks).toEqual([]);
    const without = await startBench({ checkMs: 0 });
    without.announce("openai", ["m1"]);
    without.attempts(1, M1);
    await without.until((seen) => seen.size === 1);
    expect((await without.client.listHealth({})).checks).toEqual([]);
  });
});

describe("service levels", () => {
  const MINUTE = 60_000;
  const acme = { provider: "", model: "", tenant: "acme" };

  it("are held against the mesh, each provider, model, target and tenant", async () => {
    const bench = await startBench();
    bench.attempts(20, { ...M1, tenant: "acme" });
    await bench.until(verdictIs(Verdict.HEALTHY));
    const { levels } = await bench.client.listServiceLevels({ metric: SlaMetric.SUCCESS_RATE });
    expect(levels.map(({ scope }) => `${scope?.provider}|${scope?.model}|${scope?.tenant}`)).toEqual(["||", "|m1|", "openai||", "openai|m1|", "||acme"]);
    expect(levels.every(({ verdict, value, calls }) => verdict === Verdict.HEALTHY && value === 1 && calls === 20n)).toBe(true);
  });

  it("can be a tenant's own, for throughput, cost and quality too", async () => {
    const level = { scope: acme, windowMs: MINUTE, minCalls: 1 };
    const bench = await startBench({
      levels: [
        { ...level, metric: SlaMetric.QUALITY_SCORE, warning: 0.7, critical: 0.5 },
        { ...level, metric: SlaMetric.COST_PER_SUCCESS, warning: 0.001, critical: 0.01 },
        { ...level, metric: SlaMetric.THROUGHPUT, warning: 100, critical: 5, minCalls: 0 },
      ],
    });
    bench.attempts(20, { ...M1, tenant: "acme", qualityScore: 0.6, costNanoUsd: 20_000_000n });
    bench.attempts(20, { ...M1, tenant: "beta", qualityScore: 0.1, costNanoUsd: 20_000_000n });
    const figures = async () => {
      const { levels } = await bench.client.listServiceLevels({ scope: acme });
      return Object.fromEntries(levels.map(({ metric, value, verdict }) => [SlaMetric[metric], [value, verdict]]));
    };
    await eventually(async () => (await figures())["QUALITY_SCORE"]?.[1] === Verdict.DEGRADED, "a low score");
    expect(await figures()).toMatchObject({ QUALITY_SCORE: [expect.closeTo(0.6), Verdict.DEGRADED], COST_PER_SUCCESS: [expect.closeTo(0.02), Verdict.UNHEALTHY] });
    expect((await figures())["THROUGHPUT"]).toEqual([undefined, Verdict.UNSPECIFIED]);
    bench.clock.now += MINUTE + 1_000;
    await eventually(async () => (await figures())["THROUGHPUT"]?.[1] === Verdict.UNHEALTHY, "no throughput");
    expect((await figures())["THROUGHPUT"]?.[0]).toBe(0);
    await eventually(() => bench.alerts.some(({ alertId, severity }) => alertId === "sla/tenant/acme" && severity === "critical"), "an alert");
  });

  it("watch no more tenants than their bound; the others are one, until there is room", async () => {
    const bench = await startBench({ maxTenants: 2 });
    for (let index = 0; index < 50; index += 1) bench.attempts(1, { ...M1, tenant: `t${index}` });
    await bench.until((seen) => seen.get("openai/m1")?.calls === 50n);
    const tenants = async () => {
      const { levels } = await bench.client.listServiceLevels({ metric: SlaMetric.SUCCESS_RATE });
      return levels.filter(({ scope }) => scope?.tenant !== "").map(({ scope, calls }) => `${scope?.tenant} ${calls}`);
    };
    await eventually(async () => (await tenants()).length === 3);
    await eventually(async () => (await tenants()).join() === "other 48,t0 1,t1 1");
    bench.clock.now += 301_000;
    bench.attempts(1, { ...M1, tenant: "new" });
    await eventually(async () => (await tenants()).includes("new 1"));
  });

  it("tell how fast error budgets burn and where figures go", async () => {
    const bench = await startBench();
    for (let minute = 0; minute < 20; minute += 1) {
      bench.attempts(50 - minute, M1);
      bench.attempts(minute, FAILED);
      await eventually(() => true);
      await pass(bench, MINUTE, MINUTE);
    }
    const { levels } = await bench.client.listServiceLevels({ scope: { provider: "openai", model: "m1" }, metric: SlaMetric.SUCCESS_RATE });
    const [level] = levels;
    expect(level?.objective).toBe(0.95);
    expect(level?.burn?.lastHour).toBeCloseTo(190 / 1_000 / 0.05, 1);
    expect(level?.burn?.last5Minutes ?? 0).toBeGreaterThan(level?.burn?.lastHour ?? 9);
    expect(level?.trend).toMatchObject({ significant: true });
    expect(level?.trend?.slopePerHour).toBeCloseTo(-1.2, 1);
  });
});
