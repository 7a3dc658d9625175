import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { SlaService } from "@fairlead/contracts/sla/v1/sla_service";
import { type Answer, native, send } from "../support/http.ts";
import { until } from "../support/until.ts";
import type { ScenarioContext } from "./context.ts";

const MINUTE = 60_000;
const OPENAI = "gpt-4o-mini";
const ANTHROPIC = "claude-haiku-4-5";
/** A model that nothing else here depends on. */
const FAILING = "gpt-5-nano";

interface Figures {
  readonly attempts?: string;
  readonly succeeded?: string;
  readonly failed?: string;
  readonly successRate?: number;
  readonly failures?: readonly { errorCode: string; attempts: string; blamesProvider?: boolean }[];
  readonly latency?: { measured: string; meanMs: number; p50Ms: number; p95Ms: number; p99Ms: number };
  readonly inputTokens?: string;
  readonly outputTokens?: string;
  readonly costNanoUsd?: string;
  readonly costPerSuccessNanoUsd?: string;
}

interface Summary {
  readonly start: string;
  readonly end: string;
  readonly total?: Figures;
  readonly providers?: readonly { provider: string; start: string; figures: Figures; models?: readonly { model: string; figures: Figures }[] }[];
}

/** The summary of attempts by provider, seen from outside: what it says is what the answers said. */
export function describeSummary({ shape, simulator }: ScenarioContext): void {
  const get = (path: string) => send("GET", `${shape().httpUrl}/api/v1/metrics/${path}`);
  const post = (path: string, body: object = {}) => send("POST", `${shape().httpUrl}/api/v1/metrics/${path}`, body);
  const summary = async (query = ""): Promise<Summary> => (await get(`summary${query}`)).body.summary;
  const figuresOf = ({ providers = [] }: Summary, provider: string) => providers.find((one) => one.provider === provider)?.figures ?? {};
  const ask = (model: string) => send("POST", `${shape().httpUrl}/api/v1/generate`, native("Count to three.", { model }, { disableFallback: true }));
  /** Asks both providers in turn. */
  const askBoth = async (times: number) => {
    const answers = { openai: [] as Answer[], anthropic: [] as Answer[] };
    for (let time = 0; time < times; time += 1) {
      answers.openai.push(await ask(OPENAI), await ask(OPENAI));
      answers.anthropic.push(await ask(ANTHROPIC));
    }
    return answers;
  };
  const costOf = (answers: readonly Answer[]) => String(answers.reduce((sum, { body }) => sum + BigInt(body.report.costNanoUsd), 0n));
  const outputOf = (answers: readonly Answer[]) => String(answers.reduce((sum, { body }) => sum + (body.chat.usage.outputTokens ?? 0) + (body.chat.usage.reasoningTokens ?? 0), 0));
  const attempted = (wanted: number, query = "") =>
    until(`${wanted} attempts`, async () => {
      const found = await summary(query);
      return Number(found.total?.attempts ?? 0) === wanted ? found : undefined;
    });

  describe("the metrics summary", () => {
    it(
      "says by provider what the answers said, is reset and kept, and two times of it can be compared",
      async () => {
        const { body: reset } = await post("reset");
        expect(Date.parse(reset.resetAt)).toBeGreaterThan(Date.now() - MINUTE);
        const { openai, anthropic } = await askBoth(4);
        const first = await attempted(12);
        expect(first.start).toBe(reset.resetAt);
        expect(figuresOf(first, "openai")).toMatchObject({ attempts: "8", succeeded: "8", successRate: 1, costNanoUsd: costOf(openai), outputTokens: outputOf(openai) });
        expect(figuresOf(first, "anthropic")).toMatchObject({ attempts: "4", succeeded: "4", costNanoUsd: costOf(anthropic), outputTokens: outputOf(anthropic) });
        expect(first.total?.costNanoUsd).toBe(costOf([...openai, ...anthropic]));
        expect(figuresOf(first, "openai").latency).toMatchObject({ measured: "8" });
        expect(first.providers?.every(({ models = [] }) => models.length === 0)).toBe(true);

        const name = `before-${Date.now()}`;
        const { body: taken } = await post("snapshots", { name });
        expect(taken.snapshot.summary.providers.map(({ models }: { models: { model: string }[] }) => models.map(({ model }) => model))).toEqual([[ANTHROPIC], [OPENAI]]);

        const again = await askBoth(2);
        const second = await attempted(18);
        const { body: read } = await get(`snapshots/${name}`);
        expect(read.snapshot).toEqual(taken.snapshot);
        for (const [provider, answers] of Object.entries(again)) {
          const difference = BigInt(figuresOf(second, provider).costNanoUsd ?? 0) - BigInt(figuresOf(read.snapshot.summary, provider).costNanoUsd ?? 0);
          expect(String(difference)).toBe(costOf(answers));
        }
        const { body: listed } = await get("snapshots?limit=100");
        expect(listed.snapshots.find((one: { name: string }) => one.name === name)).toMatchObject({ takenAt: taken.snapshot.takenAt, summary: { total: first.total } });

        const requestId = `reset-${Date.now()}`;
        const { body: one } = await post("reset", { provider: "openai", requestId });
        expect(one.summary.total).toEqual(figuresOf(second, "openai"));
        expect((await post("reset", { provider: "openai", requestId })).body).toEqual(one);
        const rest = await attempted(6);
        expect(rest.providers).toMatchObject([{ provider: "anthropic", start: reset.resetAt }]);
        // What was reset is still there by the time.
        expect(Number(figuresOf(await summary(`?start=${reset.resetAt}`), "openai").attempts)).toBeGreaterThanOrEqual(12);
      },
      2 * MINUTE,
    );

    it(
      "counts failures by their error, at the model that failed",
      async () => {
        await post("reset");
        await simulator().setFaults([{ kind: "status", status: 503, provider: "openai", model: FAILING }]);
        const { status, body } = await ask(FAILING);
        expect(status).toBeGreaterThanOrEqual(500);
        const calls = (await simulator().requests()).length;
        await simulator().clearFaults();
        const answered = await until("an answer", async () => {
          const answer = await ask(ANTHROPIC);
          return answer.status === 200 ? answer : undefined;
        });
        const found = await attempted(calls + 1, "?by_model=true");
        const failing = found.providers?.find(({ provider }) => provider === "openai");
        expect(failing?.figures).toMatchObject({ attempts: String(calls), failed: String(calls), successRate: 0 });
        expect(failing?.figures.costPerSuccessNanoUsd).toBeUndefined();
        expect(failing?.models).toMatchObject([{ model: FAILING, figures: { failures: [{ errorCode: body.error.attempts[0].error ?? body.error.code, attempts: String(calls), blamesProvider: true }] } }]);
        expect(figuresOf(found, "anthropic")).toMatchObject({ succeeded: "1", costNanoUsd: answered.body.report.costNanoUsd });
        expect((await summary("?provider=anthropic")).total?.attempts).toBe("1");
      },
      2 * MINUTE,
    );

    it("is there over Connect too, and names the field of a wrong request", async () => {
      const client = createClient(SlaService, createConnectTransport({ baseUrl: shape().httpUrl, httpVersion: "1.1" }));
      expect((await client.getMetricsSummary({})).summary?.start).toBeDefined();
      const refused = async (answer: Promise<Answer>, status: number, field: string) => {
        const { status: told, body } = await answer;
        expect(told).toBe(status);
        expect(body.error.violations).toMatchObject([{ field }]);
      };
      await refused(get("summary?start=2024-01-02T00:00:00Z&end=2024-01-01T00:00:00Z"), 400, "start");
      await refused(get(`summary?provider=${"x".repeat(65)}`), 400, "provider");
      await refused(post("reset", { provider: "nobody" }), 404, "provider");
      await refused(post("snapshots", { name: "not a name" }), 400, "name");
      await refused(get("snapshots/none"), 404, "name");
      await refused(get("snapshots?limit=101"), 400, "limit");
      const name = `twice-${Date.now()}`;
      expect((await post("snapshots", { name })).status).toBe(200);
      await refused(post("snapshots", { name }), 409, "name");
    });
  });
}
