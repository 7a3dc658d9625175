import type { JsonObject } from "@bufbuild/protobuf";
import { type Answer, native, send } from "../support/http.ts";
import { until } from "../support/until.ts";
import type { ScenarioContext } from "./context.ts";

const MODEL = "gpt-4o-mini";
/** Costs nothing by the models file of the scenarios. */
const FREE = "gpt-4o-2024-05-13";

let names = 0;

/** What a budget does to the requests under it as it runs out, seen from outside. */
export function describeBudgetActions({ shape }: ScenarioContext): void {
  const url = (path: string) => `${shape().httpUrl}${path}`;
  const ask = (tenant: string, policy: JsonObject = { strategy: "manual" }, context: JsonObject = {}, model = MODEL): Promise<Answer> =>
    send("POST", url("/api/v1/generate"), { ...native("Count to three.", { model, maxOutputTokens: 40 }, policy), context: { tenant, ...context } });
  const explain = async (tenant: string, policy: JsonObject, model = "auto") =>
    (await send("POST", url("/api/v1/explain"), { ...native("Count to three.", { model }, policy), context: { tenant } })).body.decision;
  const levelOf = async (budgetId: string) => {
    const { body } = await send("GET", url("/api/v1/budgets"));
    return body.budgets?.find(({ budget }: { budget: { budgetId: string } }) => budget.budgetId === budgetId)?.level as string | undefined;
  };

  /** A tenant with a budget for some requests of one kind, and what one of them costs. */
  const tenantWithBudget = async (requests: bigint, more: JsonObject): Promise<string> => {
    const tenant = `running-out-${Date.now()}-${(names += 1)}`;
    const cost = BigInt((await ask(`${tenant}-before`)).body.report.costNanoUsd);
    const budget = { scope: { tenant }, window: "BUDGET_WINDOW_MONTH", limitNanoUsd: String(cost * requests), ...more };
    await send("PUT", url(`/api/v1/budgets/${tenant}`), { budget });
    await until("the routers know the budget", async () => {
      const { status, body } = await send("POST", url("/api/v1/generate"), { ...native("Hi.", { model: MODEL, maxOutputTokens: 4_000 }, { strategy: "manual" }), context: { tenant } });
      return status === 429 || body.report?.model === FREE;
    });
    return tenant;
  };

  describe("a budget that runs out", () => {
    it("changes the strategy by itself from its economy percent on, but not for who pins a model", async () => {
      const tenant = await tenantWithBudget(20n, { economyPercent: 20, economyStrategy: "cost" });
      expect((await explain(tenant, { strategy: "quality" })).strategy).toBe("quality");
      for (let count = 0; count < 5; count++) expect((await ask(tenant)).status).toBe(200);
      const decision = await until("the routers economise", async () => {
        const found = await explain(tenant, { strategy: "quality" });
        return found.replacedStrategy === "quality" ? found : undefined;
      });
      expect(decision.strategy).toBe("cost");
      expect(decision.reasons.join(" ")).toContain(`cost replaces quality because most of budget ${tenant} is used.`);
      expect((await explain(tenant, { strategy: "manual" }, MODEL)).strategy).toBe("manual");
      expect(await levelOf(tenant)).toBe("BUDGET_LEVEL_ECONOMY");
    });

    it("moves weights towards cost on its way there, and says so", async () => {
      const tenant = await tenantWithBudget(10n, { economyPercent: 95 });
      const before = await explain(tenant, {});
      for (let count = 0; count < 7; count++) expect((await ask(tenant)).status).toBe(200);
      const after = await until("weights that moved", async () => {
        const found = await explain(tenant, {});
        return found.adjustments?.some((line: string) => line.includes("of a budget is used")) ? found : undefined;
      });
      expect(after.weights.cost).toBeGreaterThan(before.weights.cost);
      expect(after.weights.cost).toBeLessThanOrEqual((before.weights.cost * 1.5) / 0.5);
    });

    it("throttles requests of low priority from its emergency percent on, and no others", async () => {
      const tenant = await tenantWithBudget(20n, { economyPercent: 10, emergencyPercent: 20 });
      for (let count = 0; count < 5; count++) expect((await ask(tenant)).status).toBe(200);
      await until("the emergency", async () => (await levelOf(tenant)) === "BUDGET_LEVEL_EMERGENCY");
      const refused = await until("a throttled request", async () => {
        const answer = await ask(tenant, { strategy: "manual" }, { priority: "PRIORITY_BATCH" });
        return answer.status === 429 ? answer : undefined;
      });
      expect(refused.body.error).toMatchObject({ code: "ERROR_CODE_RATE_LIMITED", retryable: true, retryAfter: expect.any(String) });
      expect((await ask(tenant, { strategy: "manual" }, { priority: "PRIORITY_INTERACTIVE" })).status).toBe(200);
    });

    it("refuses at its cap, or sends to a model that costs nothing where it or the request says so", async () => {
      const strict = await tenantWithBudget(1n, {});
      const exhaust = async (tenant: string) =>
        until("no room", async () => (await ask(tenant)).body.error?.code === "ERROR_CODE_BUDGET_EXCEEDED");
      await exhaust(strict);
      const asked = await ask(strict, { triggers: { budget: true } }, {}, "auto");
      expect(asked.body.report).toMatchObject({ provider: "openai", model: FREE });
      expect(asked.body.report.costNanoUsd ?? "0").toBe("0");
      const lenient = await tenantWithBudget(1n, { capAction: "CAP_ACTION_FREE_MODEL" });
      const free = await until("an answer for nothing", async () => {
        const { body } = await ask(lenient, {}, {}, "auto");
        return body.report?.model === FREE ? body : undefined;
      });
      expect(free.report.decision.reasons.join(" ")).toContain("a budget has no room");
      expect(free.report.costNanoUsd ?? "0").toBe("0");
    });
  });
}
