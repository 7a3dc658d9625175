import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { native, send } from "../support/http.ts";
import { until } from "../support/until.ts";
import type { ScenarioContext } from "./context.ts";

const MINUTE = 60_000;
/** A model that nothing else here depends on. */
const FAILING = "gpt-4.1-nano";

interface Health {
  readonly targets?: readonly { provider: string; model: string; verdict: string; reason?: string }[];
  readonly checks?: readonly { provider: string; answered?: boolean; inARow?: number; error?: string }[];
}

interface Cause {
  readonly dimension: string;
  readonly value: string;
  readonly share: number;
}

/** Service levels, alerts and what explains a breach, seen from outside. */
export function describeSla({ shape, simulator }: ScenarioContext): void {
  const get = async (path: string) => (await send("GET", `${shape().httpUrl}${path}`)).body;
  const health = () => get("/api/v1/health") as Promise<Health>;
  const verdictOn = async (provider: string, model: string) => (await health()).targets?.find((one) => one.provider === provider && one.model === model);
  // Without fallback, so that a breach is not spread over whoever takes over.
  const ask = (model: string, tenant: string) =>
    send("POST", `${shape().httpUrl}/api/v1/generate`, { ...native("Say hello.", { model }, { disableFallback: true }), context: { tenant } });

  describe("service levels", () => {
    it(
      "show a failing model at once: its verdict, an alert, its error budget and its part in the breach",
      async () => {
        await until("a verdict that is not unhealthy", async () => (await verdictOn("openai", FAILING))?.verdict !== "VERDICT_UNHEALTHY", MINUTE);
        // A tenant of its own: what other scenarios broke in the same minutes is not what this breach is explained by.
        const tenant = `sla-${Date.now()}`;
        for (let call = 0; call < 10; call += 1) {
          for (const model of ["gpt-4o-mini", "claude-haiku-4-5", FAILING]) expect((await ask(model, tenant)).status).toBe(200);
        }
        await simulator().setFaults([{ kind: "status", status: 503, provider: "openai", model: FAILING }]);
        const began = new Date(Date.now() - MINUTE).toISOString();
        const unhealthy = async () => ((await verdictOn("openai", FAILING))?.verdict === "VERDICT_UNHEALTHY" ? true : undefined);
        for (let call = 0; call < 12 && (call < 5 || (await unhealthy()) === undefined); call += 1) await ask(FAILING, tenant);
        await until("the verdict on the failing model", unhealthy);

        const alertId = `sla/openai/${FAILING}`;
        const alert = await until("the alert", async () => (await get("/api/v1/alerts?active_only=true")).alerts?.find((one: { alertId: string }) => one.alertId === alertId));
        expect(alert).toMatchObject({ severity: "ALERT_SEVERITY_CRITICAL", source: "sla-monitor", labels: { provider: "openai", model: FAILING } });
        expect(alert.message).toMatch(/is unhealthy\. The success rate of [\d.]+ % is below 85 %\./);
        const acknowledged = await send("POST", `${shape().httpUrl}/api/v1/alerts/acknowledge`, { alertId, acknowledgedBy: "ada", comment: "On it." });
        expect(acknowledged.body.alert).toMatchObject({ alertId, acknowledgedBy: "ada", comment: "On it." });
        expect((await send("POST", `${shape().httpUrl}/api/v1/alerts/acknowledge`, { alertId: "sla/none", acknowledgedBy: "ada" })).status).toBe(404);

        const { explanation } = await get(`/api/v1/sla/explain?start=${began}&scope.tenant=${tenant}`);
        const causes = explanation.causes as readonly Cause[];
        expect(causes.find(({ dimension }) => dimension === "model")).toMatchObject({ value: FAILING });
        expect(causes.find(({ dimension }) => dimension === "model")?.share).toBeGreaterThan(0.8);
        expect(explanation.summary).toMatch(/ explains? \d+ % of the rise/);

        const { levels } = await get(`/api/v1/sla/report?scope.provider=openai&scope.model=${FAILING}`);
        const level = levels.find((one: { metric: string }) => one.metric === "SLA_METRIC_SUCCESS_RATE");
        expect(level).toMatchObject({ objective: 0.95, unit: "calls" });
        expect(level.bad).toBeGreaterThanOrEqual(3);
        expect(level.budgetLeft).toBeLessThan(0);
        expect(level.burn.last5Minutes).toBeGreaterThan(1);
        expect(level.breaches.at(-1)).toMatchObject({ worst: "VERDICT_UNHEALTHY" });
        const shown = await get(`/api/v1/sla/levels?metric=SLA_METRIC_SUCCESS_RATE&scope.tenant=${tenant}`);
        expect(shown.levels).toMatchObject([{ scope: { tenant }, warning: 0.95, critical: 0.85 }]);
        expect(await get("/api/v1/sla/anomalies")).toBeDefined();
      },
      MINUTE,
    );

    it(
      "find a provider that is down although nobody calls it, and that it is back",
      async () => {
        await until("a first check", async () => (await health()).checks?.some(({ provider, answered }) => provider === "google" && answered === true), MINUTE);
        await simulator().setFaults([{ kind: "status", status: 503, provider: "google" }]);
        const byChecks = ({ reason = "" }: { reason?: string }) => /^The last \d+ checks of the provider failed\.$/.test(reason);
        const down = await until(
          "the verdict on the provider's targets",
          async () => {
            const targets = (await health()).targets?.filter(({ provider }) => provider === "google") ?? [];
            return targets.some(byChecks) ? targets : undefined;
          },
          MINUTE,
        );
        expect(down.length).toBeGreaterThan(1);
        expect(new Set(down.map(({ verdict }) => verdict))).toEqual(new Set(["VERDICT_UNHEALTHY"]));
        await simulator().clearFaults();
        await until("no unhealthy target of the provider", async () => !(await health()).targets?.some(({ provider, verdict }) => provider === "google" && verdict === "VERDICT_UNHEALTHY"), MINUTE);
      },
      2 * MINUTE,
    );

    it(
      "let a model that failed be tried again without anybody calling it",
      async () => {
        await until("a verdict that is not unhealthy", async () => (await verdictOn("openai", FAILING))?.verdict !== "VERDICT_UNHEALTHY", MINUTE);
        await until("calls that are answered", async () => (await ask(FAILING, "sla-1")).status === 200, MINUTE);
      },
      2 * MINUTE,
    );

    it("refuse wrong questions with the field named, over HTTP and Connect", async () => {
      const wrong = await send("GET", `${shape().httpUrl}/api/v1/sla/report?start=2024-01-02T00:00:00Z&end=2024-01-01T00:00:00Z`);
      expect(wrong.status).toBe(400);
      expect(JSON.stringify(wrong.body)).toContain("start");
      expect((await send("GET", `${shape().httpUrl}/api/v1/sla/explain?metric=SLA_METRIC_TRAFFIC`)).status).toBe(400);
      const client = createClient(SlaService, createConnectTransport({ baseUrl: shape().httpUrl, httpVersion: "1.1" }));
      expect((await client.listServiceLevels({})).levels.length).toBeGreaterThan(0);
      await expect(client.acknowledgeAlert({ alertId: "sla/none", acknowledgedBy: "" })).rejects.toThrow("acknowledged_by");
    });
  });
}
