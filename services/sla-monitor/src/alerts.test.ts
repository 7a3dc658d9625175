import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { AlertSeverity } from "@fairlead/contracts/sla/v1/alert";
import { BudgetWindow } from "@fairlead/contracts/cost/v1/budget";
import { SlaMetric } from "@fairlead/contracts/sla/v1/level";
import type { AlertRule } from "@fairlead/decision/sla/alert-rule";
import { eventually, type Ground, layGround, pass, type Replica, startReplica } from "./testing/bench.ts";

const M1 = { provider: "openai", model: "m1", durationMs: 100 };
const FAILED = { ...M1, errorCode: ErrorCode.PROVIDER_ERROR };
const MINUTE = 60_000;
const RULE: AlertRule = {
  name: "failing",
  each: "target",
  scope: { provider: "", model: "", tenant: "" },
  metric: SlaMetric.ERROR_RATE,
  comparison: "above",
  threshold: 0.5,
  windowMs: MINUTE,
  minCalls: 5,
  period: "",
  severity: AlertSeverity.WARNING,
  forMs: 30_000,
  resolveAfterMs: 30_000,
  escalateAfterMs: 120_000,
};
const ID = "rule/failing/openai/m1";
const only = { rules: [RULE], readyRules: false };

let ground: Ground;
const replicas: Replica[] = [];

async function start(config: Parameters<typeof startReplica>[1] = { config: only }): Promise<Replica> {
  const replica = await startReplica(ground, config);
  replicas.push(replica);
  return replica;
}

/** What was told of an alert, in order. */
const told = (alertId: string) => ground.alerts.filter((alert) => alert.alertId === alertId).map(({ severity, resolved, acknowledgedBy }) => `${severity}${resolved ? " over" : ""}${acknowledgedBy === "" ? "" : ` ${acknowledgedBy}`}`);

/** Goes on failing for a while: a call every other second. */
async function fail(milliseconds: number): Promise<void> {
  for (let gone = 0; gone < milliseconds; gone += 2_000) {
    ground.attempts(1, FAILED);
    await pass(ground, 2_000, 2_000);
  }
}

/** Lets the looks at all alerts come round. */
const looked = () => pass(ground, 2_000);

beforeEach(() => {
  ground = layGround();
});

afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.close()));
  await ground.close();
});

describe("alerts", () => {
  it("are told once at the start and once at the end of a bad verdict", async () => {
    const { client, metrics } = await start();
    for (let round = 0; round < 5; round += 1) {
      ground.attempts(20, FAILED);
      await eventually(async () => (await client.listHealth({})).targets[0]?.calls === BigInt(20 * (round + 1)));
    }
    await eventually(() => told("sla/openai/m1").length > 0);
    expect(ground.alerts.find(({ alertId }) => alertId === "sla/openai/m1")).toMatchObject({
      severity: "critical",
      message: "openai/m1 is unhealthy. The success rate of 0 % is below 85 %.",
      labels: { provider: "openai", model: "m1", rule: "service-level" },
      raisedUnixMs: BigInt(ground.clock.now),
    });
    await pass(ground, 300_000, 60_000);
    ground.attempts(20, M1);
    await eventually(async () => (await client.listHealth({})).targets[0]?.calls === 20n);
    await pass(ground, 11_000, 1_000);
    await eventually(() => told("sla/openai/m1").length === 2);
    expect(told("sla/openai/m1")).toEqual(["critical", "critical over"]);
    expect(told("sla/provider/openai")).toEqual(["critical", "critical over"]);
    const text = await metrics.metrics();
    expect(text).toMatch(/fairlead_sla_alerts_total\{change="raised"\} \d/);
    expect(text).toMatch(/fairlead_sla_alerts_total\{change="resolved"\} \d/);
  });

  it("follow a rule: raised when it was met for long enough, made worse while nobody cares, over by themselves", async () => {
    const { client } = await start();
    await fail(20_000);
    await looked();
    expect(told(ID)).toEqual([]);
    await fail(20_000);
    await eventually(() => told(ID).length === 1, "the start");
    const [alert] = (await client.listAlerts({ activeOnly: true })).alerts.filter(({ alertId }) => alertId === ID);
    expect(alert).toMatchObject({ rule: "failing", severity: AlertSeverity.WARNING, message: "openai/m1: The error rate of 100 % is above 50 %.", source: "sla-monitor" });
    ground.clock.now += 119_000;
    ground.attempts(10, FAILED);
    await looked();
    ground.clock.now += 2_000;
    await eventually(() => told(ID).length === 2, "the escalation");
    ground.attempts(100, M1);
    await looked();
    await pass(ground, 36_000, 3_000);
    await eventually(() => told(ID).length === 3, "the end");
    expect(told(ID)).toEqual(["warning", "critical", "critical over"]);
    const kept = (await client.listAlerts({})).alerts.find(({ alertId }) => alertId === ID);
    expect(kept).toMatchObject({ resolved: true, escalations: 1, revision: 3n });
  });

  it("follow the ready rules: no success for 2 minutes, errors and slowness for 5", async () => {
    await start({ config: {} });
    const started = ground.clock.now;
    const raisedAfter = (rule: string, model: string) => {
      const raised = ground.alerts.find(({ alertId }) => alertId === `rule/${rule}/openai/${model}`)?.raisedUnixMs;
      return raised === undefined ? undefined : (Number(raised) - started) / MINUTE;
    };
    for (let gone = 0; gone < 8 * MINUTE; gone += 10_000) {
      ground.attempts(1, FAILED);
      ground.attempts(3, { ...M1, model: "slow", durationMs: 12_000 });
      ground.attempts(3, { ...M1, model: "fine" });
      await pass(ground, 10_000, 10_000);
    }
    expect(raisedAfter("no-success", "m1")).toBeGreaterThanOrEqual(2);
    expect(raisedAfter("no-success", "m1")).toBeLessThan(3);
    expect(raisedAfter("high-error-rate", "m1")).toBeGreaterThanOrEqual(5);
    expect(raisedAfter("high-latency", "slow")).toBeGreaterThanOrEqual(5);
    expect(raisedAfter("high-error-rate", "slow")).toBeUndefined();
    expect(ground.alerts.some(({ alertId }) => alertId.endsWith("openai/fine"))).toBe(false);
  });

  it("are not made worse after somebody took note of them; the first who did so stays", async () => {
    const { client } = await start();
    await fail(44_000);
    await eventually(() => told(ID).length === 1);
    const { alert } = await client.acknowledgeAlert({ alertId: ID, acknowledgedBy: "ada", comment: "On it." });
    expect(alert).toMatchObject({ acknowledgedBy: "ada", comment: "On it.", resolved: false });
    expect((await client.acknowledgeAlert({ alertId: ID, acknowledgedBy: "bob" })).alert?.acknowledgedBy).toBe("ada");
    for (let step = 0; step < 3; step += 1) {
      ground.clock.now += 60_000;
      ground.attempts(10, FAILED);
      await looked();
    }
    expect(told(ID)).toEqual(["warning", "warning ada"]);
    await expect(client.acknowledgeAlert({ alertId: "rule/none", acknowledgedBy: "ada" })).rejects.toMatchObject({ code: ErrorCode.NOT_FOUND });
  });

  it("survive a new start with who took note of them, and are not told again", async () => {
    const first = await start();
    await fail(44_000);
    await eventually(() => told(ID).length === 1);
    await first.client.acknowledgeAlert({ alertId: ID, acknowledgedBy: "ada" });
    await first.close();
    replicas.pop();
    const { client } = await start();
    ground.attempts(3, FAILED);
    await looked();
    expect((await client.listAlerts({ activeOnly: true })).alerts.find(({ alertId }) => alertId === ID)).toMatchObject({ acknowledgedBy: "ada" });
    ground.clock.now += 50_000;
    await looked();
    expect(told(ID)).toEqual(["warning", "warning ada"]);
    ground.clock.now += 20_000;
    ground.attempts(100, M1);
    await looked();
    await pass(ground, 36_000, 3_000);
    await eventually(() => told(ID).length === 3);
    expect(told(ID).at(-1)).toBe("warning over ada");
  });

  it("are told once by two replicas, and by the other when the first is gone", async () => {
    const first = await start();
    const second = await start();
    await fail(44_000);
    await eventually(() => told(ID).length > 0);
    await looked();
    expect(told(ID)).toEqual(["warning"]);
    const ids = async ({ client }: Replica) => (await client.listAlerts({})).alerts.map(({ alertId, revision }) => `${alertId} ${revision}`);
    expect(await ids(second)).toEqual(await ids(first));
    await second.client.acknowledgeAlert({ alertId: ID, acknowledgedBy: "ada" });
    ground.clock.now += 121_000;
    ground.attempts(10, FAILED);
    await looked();
    expect(told(ID)).toEqual(["warning", "warning ada"]);
    await first.close();
    replicas.shift();
    ground.attempts(200, M1);
    await looked();
    await pass(ground, 36_000, 3_000);
    await eventually(() => told(ID).length === 3, "the end, told by the other");
    expect(told(ID).at(-1)).toBe("warning over ada");
  });

  it("about budgets follow what is spent of them", async () => {
    await start({ config: {} });
    const budget = (limit: bigint, window: BudgetWindow, id: string) => ({ budgetId: id, scope: { tenant: "acme" }, window, limitNanoUsd: limit });
    ground.budgets.push(
      { budget: budget(100n, BudgetWindow.DAY, "acme-day"), settledNanoUsd: 81n },
      { budget: budget(100n, BudgetWindow.DAY, "beta-day"), settledNanoUsd: 80n },
      { budget: budget(100n, BudgetWindow.MONTH, "acme-month"), settledNanoUsd: 99n },
    );
    for (let step = 0; step < 4; step += 1) {
      ground.clock.now += 30_000;
      await looked();
    }
    const raised = ground.alerts.filter(({ alertId }) => alertId.startsWith("rule/high-daily-cost/"));
    expect(raised).toMatchObject([
      { alertId: "rule/high-daily-cost/acme-day", severity: "warning", message: "Budget acme-day: The used share of 81 % is above 80 %.", labels: { budget: "acme-day", tenant: "acme" } },
    ]);
  });

  it("of other services are kept and listed with their own", async () => {
    const { client } = await start();
    ground.tell({ alertId: "budget/acme/85", severity: "critical", message: "Budget acme is at 85 %.", labels: { budget: "acme" } });
    await eventually(async () => (await client.listAlerts({})).alerts.length === 1);
    const [alert] = (await client.listAlerts({ leastSeverity: AlertSeverity.CRITICAL })).alerts;
    expect(alert).toMatchObject({ alertId: "budget/acme/85", severity: AlertSeverity.CRITICAL, source: "test", rule: "", labels: { budget: "acme" } });
    await client.acknowledgeAlert({ alertId: "budget/acme/85", acknowledgedBy: "ada" });
    ground.tell({ alertId: "budget/acme/85", severity: "critical", message: "Budget acme began anew.", resolved: true });
    await eventually(async () => (await client.listAlerts({ activeOnly: true })).alerts.length === 0);
    expect((await client.listAlerts({})).alerts[0]).toMatchObject({ resolved: true, acknowledgedBy: "ada", revision: 3n });
  });
});
