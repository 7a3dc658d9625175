import { BALANCER_NAMES } from "@fairlead/decision/balancing/algorithms/all-balancers";
import { STRATEGY_NAMES } from "@fairlead/decision/routing/strategies/all-strategies";
import { chat, native, send } from "../support/http.ts";
import { until } from "../support/until.ts";
import type { ScenarioContext } from "./context.ts";

interface ToldCandidate {
  readonly provider: string;
  readonly model: string;
  readonly deployment?: string;
  readonly predictedCostNanoUsd?: string;
  readonly predictedLatencyMs?: number;
  readonly predictedQuality?: number;
}

/** Strategies, rules, learning and balancing, seen from outside. */
export function describeRouting({ shape, simulator }: ScenarioContext): void {
  const explain = async (content: string, more: Parameters<typeof native>[1] = {}, policy: Parameters<typeof native>[2] = {}, context: object = {}) =>
    (await send("POST", `${shape().httpUrl}/api/v1/explain`, { ...native(content, more, policy), context })).body;
  const generate = (content: string, more: Parameters<typeof native>[1] = {}, policy: Parameters<typeof native>[2] = {}, context: object = {}) =>
    send("POST", `${shape().httpUrl}/api/v1/generate`, { ...native(content, more, policy), context });
  const HARD = "Prove that the sum of two continuous functions is continuous, with all epsilon and delta bounds.";

  describe("strategies", () => {
    it.each(STRATEGY_NAMES)("decides by %s and explains it", async (strategy) => {
      const model = strategy === "manual" ? "gpt-4o" : "auto";
      const { decision } = await explain(HARD, { model }, { strategy });
      expect(decision.strategy).toBe(strategy);
      expect(decision.candidates.length).toBeGreaterThan(0);
      expect(decision.confidence ?? 0).toBeGreaterThanOrEqual(0);
      expect(decision.confidence ?? 0).toBeLessThanOrEqual(1);
      expect(decision.reasons[0]).toMatch(/ comes first because /);
      expect(Object.keys(decision.candidates[0].criteria).sort()).toEqual(["cost", "latency", "load", "quality", "reliability"]);
      expect(await simulator().requests()).toEqual([]);
    });

    it("takes the best for quality, and for a simple task something cheaper that is good enough", async () => {
      const best = (await explain(HARD, {}, { strategy: "quality" })).decision.candidates as ToldCandidate[];
      expect(best[0]?.predictedQuality).toBe(Math.max(...best.map(({ predictedQuality = 0 }) => predictedQuality)));
      const simple = (await explain("Hi there!", {}, { strategy: "task_complexity" })).decision.candidates[0] as ToldCandidate;
      const top = (await explain("Hi there!", {}, { strategy: "quality" })).decision.candidates[0] as ToldCandidate;
      expect(Number(simple.predictedCostNanoUsd)).toBeLessThan(Number(top.predictedCostNanoUsd));
    });

    it("tells the weights of a composite, and takes the caller's as they are", async () => {
      const { decision } = await explain(HARD, {}, { weights: { cost: 3, quality: 1 } });
      expect(decision.weights).toMatchObject({ cost: 0.75, quality: 0.25 });
      const balance = (await explain(HARD, {}, { strategy: "cost_quality_balance" })).decision;
      expect(balance.weights).toMatchObject({ cost: 0.6, quality: 0.4 });
    });

    it("refuses a strategy and an algorithm that do not exist, and names the field", async () => {
      const strategy = await send("POST", `${shape().httpUrl}/api/v1/explain`, native("Hi.", {}, { strategy: "magic" }));
      expect([strategy.status, strategy.body.error.violations[0].field]).toEqual([400, "policy.strategy"]);
      const balancing = await send("POST", `${shape().httpUrl}/api/v1/explain`, native("Hi.", {}, { balancing: "magic" }));
      expect([balancing.status, balancing.body.error.violations[0].field]).toEqual([400, "policy.balancing"]);
    });

    it("finds out the kind, the language and the difficulty of a task", async () => {
      const code = (await explain("Write a Python function that merges two sorted lists, with unit tests.")).decision.analysis;
      expect(code).toMatchObject({ category: "code", language: "en" });
      const german = (await explain("Wie wird das Wetter morgen in Hamburg, und was soll ich anziehen?")).decision.analysis;
      expect(german.language).toBe("de");
      const hard = (await explain(HARD)).decision.analysis;
      const easy = (await explain("Say hello to my friend Anna.")).decision.analysis;
      expect(hard.difficulty).toBeGreaterThan(easy.difficulty);
    });
  });

  describe("routing rules", () => {
    it("are by tenant, role, tool, kind of task and header, and told in the decision", async () => {
      const byTenant = (await explain("Hi.", {}, {}, { tenant: "ruled" })).decision;
      expect(byTenant.rules).toEqual(["ruled tenants are answered by anthropic"]);
      expect(new Set(byTenant.candidates.map(({ provider }: ToldCandidate) => provider))).toEqual(new Set(["anthropic"]));
      const byRole = (await explain("Hi.", {}, {}, { role: "auditor" })).decision;
      expect(byRole).toMatchObject({ strategy: "quality", rules: ["auditors want quality"] });
      const tools = [{ name: "get_weather", parametersJson: '{"type":"object"}' }];
      const byTool = (await explain("Will it rain?", { tools })).decision;
      expect(byTool.candidates[0]).toMatchObject({ provider: "openai", model: "gpt-4o-mini" });
      const byTask = (await explain("Write a short story about a lighthouse keeper and a gull.", {}, {}, { tenant: "tellers" })).decision;
      expect(byTask).toMatchObject({ strategy: "cost", rules: ["stories are told cheaply"] });
      const byHeader = await send("POST", `${shape().httpUrl}/v1/chat/completions`, chat("Hi."), { "x-team": "search" });
      expect(byHeader.body.fairlead.strategy).toBe("speed");
    });

    it("give way to what the request says itself", async () => {
      const { decision } = await explain("Hi.", {}, { strategy: "cost" }, { role: "auditor" });
      expect(decision.strategy).toBe("cost");
    });

    it("know aliases, ready ones and own ones", async () => {
      expect((await explain("Hi.", { model: "fast" })).decision).toMatchObject({ strategy: "speed", rules: ["alias fast"] });
      expect((await explain("Hi.", { model: "smart" })).decision).toMatchObject({ strategy: "quality" });
      const own = (await explain("Hi.", { model: "house-blend" })).decision.candidates as ToldCandidate[];
      expect(own.map(({ model }) => model)).toEqual(["gpt-4o-mini", "claude-haiku-4-5"]);
    });
  });

  describe("learning", () => {
    it("takes feedback for an answer, shows what was learned, and forgets it when told", async () => {
      const policy = { strategy: "adaptive" };
      const answers = await Promise.all(Array.from({ length: 5 }, (_, count) => generate(`Tell me a fact, number ${count}.`, {}, policy)));
      const { provider, model, requestId } = (answers[0] as (typeof answers)[number]).body.report;
      const given = await until("the routers know the answer", async () => {
        const { status } = await send("POST", `${shape().httpUrl}/api/v1/feedback`, { requestId, score: 0.9, label: "helpful" });
        return status === 200 ? status : undefined;
      });
      expect(given).toBe(200);
      const learned = await until("the outcomes are learned", async () => {
        const { body } = await send("GET", `${shape().httpUrl}/api/v1/learned`);
        return body.arms?.find((arm: { provider: string; model: string; context?: string; ratings?: number }) => {
          return arm.provider === provider && arm.model === model && (arm.context ?? "") === "" && (arm.ratings ?? 0) > 0;
        });
      });
      expect(learned.calls).toBeGreaterThan(0);
      expect(learned.quality).toBeGreaterThan(0.5);
      await send("POST", `${shape().httpUrl}/api/v1/learned/reset`, {});
      await until("it is forgotten", async () => {
        const { body } = await send("GET", `${shape().httpUrl}/api/v1/learned`);
        return (body.arms ?? []).every((arm: { provider: string; model: string }) => arm.provider !== provider || arm.model !== model);
      });
    });

    it("refuses feedback for an answer that nobody knows, or that another tenant got", async () => {
      const unknown = await send("POST", `${shape().httpUrl}/api/v1/feedback`, { requestId: "nobody", score: 1 });
      expect([unknown.status, unknown.body.error.code]).toEqual([404, "ERROR_CODE_NOT_FOUND"]);
      const { requestId } = (await generate("Hi.")).body.report;
      const foreign = await send("POST", `${shape().httpUrl}/api/v1/feedback`, { requestId, tenant: "another", score: 1 });
      expect(foreign.status).toBe(404);
    });
  });

  describe("balancing", () => {
    const deploymentsOf = async (policy: object, context: object, count: number) => {
      const names: string[] = [];
      for (let call = 0; call < count; call++) {
        const { body } = await generate("Hi.", { model: "gemini-2.5-flash" }, policy as never, context);
        names.push(body.report.deployment);
      }
      return names;
    };

    it.each(BALANCER_NAMES)("goes over the deployments of a model by %s", async (balancing) => {
      const { decision } = await explain("Hi.", { model: "gemini-2.5-flash" }, { balancing });
      const first = decision.candidates.filter(({ tier }: { tier: string }) => tier === "primary");
      expect(first.map(({ deployment }: ToldCandidate) => deployment).sort()).toEqual(["eu", "us"]);
      expect(decision.balancing).toBe(balancing);
      const [deployment] = await deploymentsOf({ balancing, strategy: "manual" }, {}, 1);
      expect(["eu", "us"]).toContain(deployment);
    });

    it("takes turns by round robin, and keeps a session where it is by hashing", async () => {
      const turns = await deploymentsOf({ balancing: "round_robin", strategy: "manual" }, {}, 8);
      expect(new Set(turns)).toEqual(new Set(["eu", "us"]));
      const sessions = await deploymentsOf({ balancing: "consistent_hash", strategy: "manual" }, { sessionId: "one" }, 8);
      expect(new Set(sessions).size).toBe(1);
    });
  });
}
