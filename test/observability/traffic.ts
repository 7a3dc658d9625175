import type { JsonObject } from "@bufbuild/protobuf";
import { chat, native, send } from "../support/http.ts";
import type { MeshShape } from "../support/start-mesh.ts";
import { simulatorControl } from "../support/simulator-control.ts";
import { until } from "../support/until.ts";

const MODELS = ["gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash", "auto"];
const TENANTS = ["acme", "globex", "initech"];

/** Sends a mesh what makes every part of it tell something: all that dashboards and alerts ask for comes of this. */
export async function sendTraffic({ httpUrl, simulatorUrl }: MeshShape): Promise<void> {
  const simulator = simulatorControl(simulatorUrl);
  const generate = (model: string, tenant: string, policy: JsonObject = {}, context: JsonObject = {}) =>
    send("POST", `${httpUrl}/api/v1/generate`, { ...native("Say hello.", { model, maxOutputTokens: 40 }, policy), context: { tenant, ...context } });
  const stream = async (model: string) =>
    (await fetch(`${httpUrl}/v1/chat/completions`, { method: "POST", body: JSON.stringify(chat("Count.", { model, stream: true })) })).text();

  await send("PUT", `${httpUrl}/api/v1/budgets/acme`, { budget: { scope: { tenant: "acme" }, window: "BUDGET_WINDOW_DAY", limitNanoUsd: "1000000000" } });
  for (const tenant of TENANTS) for (const model of MODELS) await generate(model, tenant);
  for (const model of MODELS) await stream(model);
  await send("POST", `${httpUrl}/v1/embeddings`, { model: "text-embedding-3-small", input: "Hello." });
  // The same twice: the second answer comes from the store.
  for (let time = 0; time < 2; time++) await generate("gpt-4o-mini", "acme", {}, { cacheMode: "CACHE_MODE_READ_WRITE" });
  // An answer that does not pass a check, and what nobody offers.
  await simulator.setModel("openai", "gpt-4.1-nano", { text: "I'm sorry, but I can't help with that." });
  await generate("gpt-4.1-nano", "acme", { triggers: { refusal: true }, fallbackModels: ["claude-haiku-4-5"] });
  await generate("no-such-model", "acme");
  await exhaustBudget(httpUrl, (tenant) => generate("gpt-4o-mini", tenant, { strategy: "manual" }));
  // A provider that is away: others answer, circuits open, checks fail, and alerts are told.
  await simulator.setFaults([{ provider: "openai", kind: "status", status: 503 }]);
  for (let time = 0; time < 12; time++) await generate("gpt-4o-mini", "globex", { fallbackModels: ["claude-haiku-4-5"] });
  await generate("gpt-4o-mini", "globex", { disableFallback: true });
}

async function exhaustBudget(httpUrl: string, ask: (tenant: string) => Promise<{ status: number }>): Promise<void> {
  const budget = { scope: { tenant: "short" }, window: "BUDGET_WINDOW_DAY", limitNanoUsd: "30000" };
  await send("PUT", `${httpUrl}/api/v1/budgets/short`, { budget });
  await until("a request that its budget refuses", async () => (await ask("short")).status === 429, 20_000);
}
