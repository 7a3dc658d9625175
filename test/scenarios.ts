import Anthropic from "@anthropic-ai/sdk";
import type { JsonObject } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { status as GrpcStatus, type ServiceError } from "@grpc/grpc-js";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import OpenAI from "openai";
import { describeBudgetActions } from "./scenarios/budget-actions.ts";
import { describeCost } from "./scenarios/cost.ts";
import { describeDegraded } from "./scenarios/degraded.ts";
import { describeFallback } from "./scenarios/fallback.ts";
import { describeRouting } from "./scenarios/routing.ts";
import { describeSla } from "./scenarios/sla.ts";
import { describeSummary } from "./scenarios/summary.ts";
import { BAD_INPUT, CHAT } from "./support/bad-input.ts";
import { chat, native, send } from "./support/http.ts";
import { reflect } from "./support/reflected-client.ts";
import type { Shape } from "./support/shape.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { until } from "./support/until.ts";

const ROUTER = "fairlead.routing.v1.RouterService";
const MINUTE = 60_000;

/** What every shape of the mesh must do, seen from outside. */
export function describeScenarios(name: string, start: () => Promise<Shape>): void {
  describe(name, () => {
    let shape: Shape;
    let simulator: ReturnType<typeof simulatorControl>;

    beforeAll(async () => {
      shape = await start();
      simulator = simulatorControl(shape.simulatorUrl);
    }, 2 * MINUTE);

    afterAll(() => shape?.close(), MINUTE);

    beforeEach(async () => {
      await simulator.clearFaults();
      await simulator.clearModels();
      await simulator.clearRequests();
      await closeCircuits(shape.httpUrl);
    });

    const openAi = () => new OpenAI({ baseURL: `${shape.httpUrl}/v1`, apiKey: "any", maxRetries: 0 });

    const context = { shape: () => shape, simulator: () => simulator };

    // First what looks at targets that are well: failures count against them for minutes.
    describeRouting(context);
    describeSummary(context);

    describe("the official OpenAI client", () => {
      it("gets an answer that says how it was made", async () => {
        const { data, response } = await openAi()
          .chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Say hello." }] })
          .withResponse();
        expect(data.choices[0]?.message.content).not.toBe("");
        expect(data.choices[0]?.finish_reason).toBe("stop");
        expect(data.usage?.total_tokens).toBe((data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0));
        expect(response.headers.get("x-fairlead-provider")).toBe("openai");
        expect(response.headers.get("x-fairlead-trace-id")).toMatch(/^[0-9a-f]{32}$/);
        expect((data as unknown as { fairlead: object }).fairlead).toMatchObject({ provider: "openai", model: "gpt-4o-mini", fell_back: false });
      });

      it("gets the same words streamed as unstreamed, with usage when asked", async () => {
        const asked = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Tell me about harbours." }] };
        const whole = await openAi().chat.completions.create(asked);
        const stream = await openAi().chat.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } });
        let text = "";
        let usage: OpenAI.CompletionUsage | null | undefined;
        const finishes: string[] = [];
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? "";
          if (typeof chunk.choices[0]?.finish_reason === "string") finishes.push(chunk.choices[0].finish_reason);
          usage = chunk.usage ?? usage;
        }
        expect(text).toBe(whole.choices[0]?.message.content);
        expect(finishes).toEqual(["stop"]);
        expect(usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
      });

      it("calls a tool and goes on with its result", async () => {
        const tools: OpenAI.ChatCompletionTool[] = [
          {
            type: "function",
            function: {
              name: "get_weather",
              description: "The weather of a city.",
              parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
            },
          },
        ];
        for (const model of ["gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash"]) {
          const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "What is the weather in Oslo?" }];
          const first = await openAi().chat.completions.create({ model, messages, tools, tool_choice: "required" });
          const call = first.choices[0]?.message.tool_calls?.[0];
          expect(first.choices[0]?.finish_reason).toBe("tool_calls");
          if (call?.type !== "function") throw new Error("no call of a function");
          expect(call.function.name).toBe("get_weather");
          expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });
          messages.push(first.choices[0]?.message as OpenAI.ChatCompletionMessageParam, { role: "tool", tool_call_id: call.id, content: "Sunny." });
          const second = await openAi().chat.completions.create({ model, messages, tools });
          expect(second.choices[0]?.message.content).toEqual(expect.any(String));

          const streamed = await openAi().chat.completions.create({ model, messages: messages.slice(0, 1), tools, tool_choice: "required", stream: true });
          let args = "";
          for await (const chunk of streamed) args += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? "";
          expect(JSON.parse(args)).toEqual({ city: expect.any(String) });
        }
      });

      it("lists models and makes vectors", async () => {
        const models = await openAi().models.list();
        expect(models.data.map(({ id }) => id)).toEqual(expect.arrayContaining(["gpt-4o-mini", "anthropic/claude-haiku-4-5"]));
        const vectors = await openAi().embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"], dimensions: 64 });
        expect(vectors.data).toHaveLength(2);
        expect(vectors.data[0]?.embedding).toHaveLength(64);
      });
    });

    it("answers the official Anthropic client, streamed and not", async () => {
      const client = new Anthropic({ baseURL: shape.httpUrl, apiKey: "any", maxRetries: 0 });
      const asked = { model: "claude-haiku-4-5", max_tokens: 200, messages: [{ role: "user" as const, content: "Say hello." }] };
      const whole = await client.messages.create(asked);
      expect(whole.content[0]).toMatchObject({ type: "text" });
      const streamed = await client.messages.stream(asked).finalMessage();
      expect(streamed.content).toEqual(whole.content);
      expect(streamed.stop_reason).toBe("end_turn");
    });

    describe("every way in", () => {
      it("answers native REST, with the decision, the cost and the trace", async () => {
        const { status, body } = await send("POST", `${shape.httpUrl}/api/v1/generate`, native("Hello.", { model: "gpt-4o" }));
        expect(status).toBe(200);
        expect(body.chat.choices[0].parts[0].text.text).not.toBe("");
        expect(body.report).toMatchObject({ provider: "openai", model: "gpt-4o", decision: { strategy: "weighted_composite" } });
        expect(BigInt(body.report.costNanoUsd)).toBeGreaterThan(0n);
        expect(body.report.traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(body.report.decision.candidates.length).toBeGreaterThan(1);
      });

      it("streams native REST as events that end with an end", async () => {
        const response = await fetch(`${shape.httpUrl}/api/v1/generate/stream`, { method: "POST", body: JSON.stringify(native("Hello.")) });
        const events = (await response.text()).split("\n\n").filter((event) => event !== "");
        expect(response.headers.get("content-type")).toContain("text/event-stream");
        expect(events[0]).toContain("event: message");
        expect(events.at(-1)).toContain("event: end");
      });

      it("answers Connect JSON by curl's means, and a Connect client streamed", async () => {
        const { status, body } = await send("POST", `${shape.httpUrl}/${ROUTER}/Generate`, native("Hello."));
        expect(status).toBe(200);
        expect(body.report.requestId).not.toBe("");
        const transport = createConnectTransport({ baseUrl: shape.httpUrl, httpVersion: "1.1" });
        const client = createClient(RouterService, transport);
        let text = "";
        let cost = 0n;
        for await (const message of client.generateStream({
          chat: { model: "auto", messages: [{ role: Role.USER, parts: [{ content: { case: "text", value: { text: "Hello." } } }] }] },
        })) {
          for (const { step } of message.deltas) if (step.case === "text") text += step.value;
          cost = message.report?.costNanoUsd ?? cost;
        }
        expect(text).not.toBe("");
        expect(cost).toBeGreaterThan(0n);
      });

      it("answers a gRPC client that knows it only by reflection, streamed and not", async () => {
        const client = await reflect(shape.grpcAddress, ROUTER);
        expect(client.services).toContain(ROUTER);
        const answer = (await client.unary("Generate", native("Hello."))) as { report: { provider: string; costNanoUsd: string } };
        expect(answer.report.provider).not.toBe("");
        expect(BigInt(answer.report.costNanoUsd)).toBeGreaterThan(0n);
        const messages: { deltas?: { text?: string }[] }[] = [];
        for await (const message of client.stream("GenerateStream", native("Hello."))) messages.push(message as (typeof messages)[number]);
        const text = messages.flatMap(({ deltas = [] }) => deltas.map((delta) => delta.text ?? "")).join("");
        expect(text).not.toBe("");
        const health = await reflect(shape.grpcAddress, ROUTER);
        health.close();
        client.close();
      });
    });

    describe("deciding", () => {
      const explain = async (more: JsonObject, policy: JsonObject) =>
        (await send("POST", `${shape.httpUrl}/api/v1/explain`, native("Write a haiku about ports.", more, policy))).body;

      it("ranks by cost and by speed as the strategies say, and asks nobody", async () => {
        const byCost = (await explain({}, { strategy: "cost" })).decision.candidates as { predictedCostNanoUsd: string }[];
        const costs = byCost.map(({ predictedCostNanoUsd }) => Number(predictedCostNanoUsd));
        expect(costs[0]).toBe(Math.min(...costs));
        const bySpeed = (await explain({}, { strategy: "speed" })).decision.candidates as { model: string; predictedLatencyMs: number }[];
        const fastest = bySpeed.toSorted((one, other) => one.predictedLatencyMs - other.predictedLatencyMs)[0];
        // Of the fastest model's deployments the balancer chooses.
        expect(bySpeed[0]?.model).toBe(fastest?.model);
        expect(await simulator.requests()).toEqual([]);
      });

      it("keeps to what manual pins, and to the weights of a composite", async () => {
        const pinned = (await explain({ model: "claude-sonnet-4-5" }, { strategy: "manual" })).decision.candidates;
        expect(pinned).toMatchObject([{ provider: "anthropic", model: "claude-sonnet-4-5" }]);
        const best = (await explain({}, { strategy: "weighted_composite", weights: { quality: 1 } })).decision.candidates as { predictedQuality: number }[];
        const qualities = best.map(({ predictedQuality }) => predictedQuality);
        expect(qualities[0]).toBe(Math.max(...qualities));
      });

      it("says what was found out and what was taken out, and why", async () => {
        const { decision } = await explain({}, { excludedProviders: ["google"] });
        expect(decision.analysis).toMatchObject({ category: "creative_writing", language: "en" });
        expect(decision.reasons.length).toBeGreaterThan(0);
        expect(decision.removals).toEqual(expect.arrayContaining([expect.objectContaining({ provider: "google", reason: "excluded_provider" })]));
      });
    });

    describe("when providers fail", () => {
      it("answers from the second provider while the first is down, and says so", async () => {
        await simulator.setFaults([{ provider: "openai", kind: "status", status: 503 }]);
        const { status, body, headers } = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hello.", { model: "gpt-4o" }));
        expect(status).toBe(200);
        expect(headers.get("x-fairlead-fell-back")).toBe("true");
        expect(body.fairlead.provider).not.toBe("openai");
        expect(body.fairlead.attempts[0]).toMatchObject({ provider: "openai", error: expect.anything() });
        expect(body.fairlead.attempts.at(-1)).toMatchObject({ provider: body.fairlead.provider });
      });

      it("streams from the second provider when the first fails before its first content", async () => {
        await simulator.setFaults([{ provider: "openai", kind: "stream_error", afterChunks: 0 }, { provider: "openai", kind: "status", status: 500 }]);
        const stream = await openAi().chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hi." }], stream: true });
        let text = "";
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
        expect(text).not.toBe("");
      });

      it("tells a stream that breaks after its first content by an explicit error", async () => {
        await simulator.setModel("openai", "gpt-4o", { chunks: 50, tokensPerSecond: 1_000, outputTokens: 200 });
        await simulator.setFaults([{ provider: "openai", kind: "cut", afterBytes: 3_000 }]);
        const asked = openAi().chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hi." }], stream: true });
        const read = async () => {
          let text = "";
          for await (const chunk of await asked) text += chunk.choices[0]?.delta.content ?? "";
          return text;
        };
        await expect(read()).rejects.toThrow(/broke off/);
        const raw = await fetch(`${shape.httpUrl}/v1/chat/completions`, { method: "POST", body: JSON.stringify(chat("Hi.", { model: "gpt-4o", stream: true })) });
        const text = await raw.text();
        expect(text).toContain('"error"');
        expect(text).not.toContain("[DONE]");
      });

      it("opens the circuit of a target that keeps failing, and routes around it", async () => {
        await simulator.setFaults([{ provider: "openai", model: "gpt-4o", kind: "status", status: 500 }]);
        for (let count = 0; count < 5; count++) await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hello.", { model: "gpt-4o" }));
        const { body } = await send("GET", `${shape.httpUrl}/api/v1/circuits`);
        expect(body.circuits).toEqual(expect.arrayContaining([expect.objectContaining({ model: "gpt-4o", state: "CIRCUIT_STATE_OPEN" })]));
        const removal = await until("the router learns of the open circuit", async () => {
          const { decision } = (await send("POST", `${shape.httpUrl}/api/v1/explain`, native("Hi.", { model: "gpt-4o" }))).body;
          return decision?.removals?.find((one: { reason: string }) => one.reason === "circuit_open");
        });
        expect(removal).toMatchObject({ provider: "openai", model: "gpt-4o", stage: "availability" });
      });

      it("ends a call at a deadline of 500 ms while the provider hangs, and hangs up on it", async () => {
        await simulator.setFaults([{ kind: "hang" }]);
        const client = await reflect(shape.grpcAddress, ROUTER);
        const started = Date.now();
        const thrown = await client.unary("Generate", native("Hi."), { deadline: started + 500 }).catch((error: unknown) => error as ServiceError);
        const took = Date.now() - started;
        client.close();
        expect((thrown as ServiceError).code).toBe(GrpcStatus.DEADLINE_EXCEEDED);
        expect(took).toBeGreaterThanOrEqual(490);
        expect(took).toBeLessThan(1_500);
        await until("the provider sees its caller go", async () => (await simulator.requests()).every(({ abortedAt }) => typeof abortedAt === "number"));
        const http = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hi."), { "x-fairlead-timeout-ms": "300" });
        expect(http.status).toBe(504);
      });

      it("hangs up on the provider within 200 ms when its caller goes away", async () => {
        await simulator.setModel("openai", "gpt-4o", { chunks: 2_000, outputTokens: 4_000, tokensPerSecond: 100 });
        const leaving = new AbortController();
        const body = JSON.stringify(chat("Hi.", { model: "gpt-4o", stream: true }));
        const response = await fetch(`${shape.httpUrl}/v1/chat/completions`, { method: "POST", body, signal: leaving.signal });
        const reader = response.body?.getReader();
        await reader?.read();
        const leftAt = Date.now();
        leaving.abort();
        const seen = await until("the provider sees its caller go", async () => (await simulator.requests()).find(({ abortedAt }) => typeof abortedAt === "number"));
        expect((seen.abortedAt ?? 0) - leftAt).toBeLessThan(200);
      });
    });

    describe("money", () => {
      it("counts in the spend what answers say they cost, once, to the nano-dollar", async () => {
        const tenant = `tenant-${Date.now()}`;
        let told = 0n;
        for (let count = 0; count < 5; count++) {
          const { body } = await send("POST", `${shape.httpUrl}/api/v1/generate`, { ...native(`Number ${count}.`), context: { tenant } });
          told += BigInt(body.report.costNanoUsd);
        }
        const spend = await until("five settled requests", async () => {
          const { body } = await send("GET", `${shape.httpUrl}/api/v1/spend?filter.tenant=${tenant}&groupBy=SPEND_DIMENSION_TENANT`);
          return body.rows?.[0]?.requests === "5" ? body : undefined;
        });
        expect(BigInt(spend.totalNanoUsd)).toBe(told);
      });

      it("never settles more than a budget, with 200 requests at once on a budget for 50", async () => {
        const tenant = `capped-${Date.now()}`;
        const asked = { ...native("Count to three.", { model: "gpt-4o-mini", maxOutputTokens: 40 }, { strategy: "manual" }), context: { tenant } };
        const first = await send("POST", `${shape.httpUrl}/api/v1/generate`, asked);
        const limit = 50n * BigInt(first.body.report.costNanoUsd);
        await send("PUT", `${shape.httpUrl}/api/v1/budgets/${tenant}`, {
          budget: { scope: { tenant }, window: "BUDGET_WINDOW_DAY", limitNanoUsd: String(limit) },
        });
        const budgetOf = async () => {
          const { body } = await send("GET", `${shape.httpUrl}/api/v1/budgets?tenant=${tenant}`);
          return body.budgets?.find(({ budget }: { budget: { budgetId: string } }) => budget.budgetId === tenant);
        };
        await until("the routers know the budget", async () => {
          const explained = await send("POST", `${shape.httpUrl}/api/v1/generate`, { ...asked, chat: { ...asked.chat, maxOutputTokens: 16_000 } });
          return explained.status === 429;
        });
        const answers = await Promise.all(Array.from({ length: 200 }, () => send("POST", `${shape.httpUrl}/api/v1/generate`, asked)));
        const statuses = new Set(answers.map(({ status }) => status));
        expect([...statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
        const cost = answers.filter(({ status }) => status === 200).reduce((sum, { body }) => sum + BigInt(body.report.costNanoUsd), 0n);
        expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
        expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
        expect(cost).toBeLessThanOrEqual(limit);
        const settled = await until("everything is settled and given back", async () => {
          const state = await budgetOf();
          return BigInt(state?.leasedNanoUsd ?? 0) === 0n && BigInt(state?.settledNanoUsd ?? 0) >= cost ? state : undefined;
        }, 20_000);
        expect(BigInt(settled.settledNanoUsd)).toBeLessThanOrEqual(limit);
        expect(BigInt(settled.overrunNanoUsd ?? 0)).toBe(0n);
        const refused = answers.find(({ status }) => status === 429);
        expect(refused?.body.error).toMatchObject({ code: "ERROR_CODE_BUDGET_EXCEEDED" });
      }, MINUTE);
    });

    describe("answers given again", () => {
      it("stores nothing unless asked, and then answers from the store for nothing", async () => {
        const body = chat(`Only once ${Date.now()}.`, { model: "gpt-4o-mini" });
        const cached = { "x-fairlead-cache": "read_write" };
        const first = await send("POST", `${shape.httpUrl}/v1/chat/completions`, body, cached);
        const second = await send("POST", `${shape.httpUrl}/v1/chat/completions`, body, cached);
        expect(first.body.fairlead.cache).toBe("miss");
        expect(second.body.fairlead).toMatchObject({ cache: "hit", cost_usd: "0" });
        expect(second.body.choices).toEqual(first.body.choices);
        expect((await simulator.requests()).length).toBe(1);
        const other = await send("POST", `${shape.httpUrl}/v1/chat/completions`, body, { ...cached, "x-fairlead-tenant": "another" });
        expect(other.body.fairlead.cache).toBe("miss");
      });

      it("replays an idempotency key and refuses it for another request", async () => {
        const key = { "idempotency-key": `key-${Date.now()}` };
        const first = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("One."), key);
        const again = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("One."), key);
        const other = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Two."), key);
        expect(again.body.choices).toEqual(first.body.choices);
        expect((await simulator.requests()).length).toBe(1);
        expect(other.status).toBe(409);
      });
    });

    describe("bad input", () => {
      it.each(BAD_INPUT)("is refused and named: %s", async (_, path, body, field) => {
        const { status, body: answer } = await send("POST", `${shape.httpUrl}${path}`, body);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(JSON.stringify(answer)).toContain(field);
        expect(await simulator.requests()).toEqual([]);
      });

      it("is refused when it has 10 MB, whatever it holds", async () => {
        const large = await send("POST", `${shape.httpUrl}${CHAT}`, chat("x".repeat(10_000_000)));
        expect(large.status).toBeGreaterThanOrEqual(400);
        expect(large.status).toBeLessThan(500);
        expect(JSON.stringify(large.body)).toContain("messages[0]");
        const larger = await send("POST", `${shape.httpUrl}${CHAT}`, chat("x".repeat(40_000_000)));
        expect(larger.status).toBe(413);
      });

      it("is INVALID_ARGUMENT by gRPC, with the field in the message", async () => {
        const client = await reflect(shape.grpcAddress, ROUTER);
        const refused = async (request: Parameters<typeof client.unary>[1]) =>
          (await client.unary("Generate", request).catch((error: unknown) => error)) as ServiceError;
        const empty = await refused({ chat: { model: "auto", messages: [] } });
        expect(empty.code).toBe(GrpcStatus.INVALID_ARGUMENT);
        expect(empty.details).toContain("chat.messages");
        const unknown = await refused(native("Hi.", { model: "no-such-model" }));
        expect(unknown.code).toBe(GrpcStatus.NOT_FOUND);
        expect(unknown.details).toContain("chat.model");
        client.close();
      });
    });

    describeBudgetActions(context);
    describeCost(context);
    describeFallback(context);
    describeSla(context);
    describeDegraded(context);

    it("tells its health, and a path that is not there", async () => {
      expect((await send("GET", `${shape.httpUrl}/health`)).body).toEqual({ status: "ok" });
      const detailed = await send("GET", `${shape.httpUrl}/health/detailed`);
      expect(detailed.body).toMatchObject({ status: "ok", services: { router: { status: "ok" }, "cost-optimizer": { status: "ok" } } });
      expect((await send("GET", `${shape.httpUrl}/v1/nothing`)).status).toBe(404);
      expect((await send("GET", `${shape.httpUrl}/v1/chat/completions`)).status).toBe(405);
    });
  });
}

async function closeCircuits(httpUrl: string): Promise<void> {
  const { body } = await send("GET", `${httpUrl}/api/v1/circuits`);
  const circuits = (body.circuits ?? []) as { provider: string; model: string; deployment?: string; state: string }[];
  const open = circuits.filter(({ state }) => state !== "CIRCUIT_STATE_CLOSED");
  for (const { provider, model, deployment = "" } of open) await send("POST", `${httpUrl}/api/v1/circuits/reset`, { provider, model, deployment });
  if (open.length === 0) return;
  await until("the routers know the closed circuits", async () => {
    const { decision } = (await send("POST", `${httpUrl}/api/v1/explain`, native("Hi."))).body;
    return !(decision?.removals ?? []).some((one: { reason: string }) => one.reason === "circuit_open");
  });
}
