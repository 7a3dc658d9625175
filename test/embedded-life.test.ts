import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFairlead } from "@fairlead/embedded";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { CacheMode } from "@fairlead/contracts/routing/v1/request_context";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import { chat, native, send } from "./support/http.ts";
import { startEmbedded } from "./support/start-embedded.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;

describe("a mesh in one process", () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "fairlead-life-"));
  });

  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it("keeps spend, budgets, circuits and stored answers over a crash", async () => {
    const first = await startEmbedded({}, dataDir);
    const cached = { "x-fairlead-cache": "read_write" };
    const answered = await send("POST", `${first.httpUrl}/v1/chat/completions`, chat("Remember this.", { model: "gpt-4o-mini" }), cached);
    await send("PUT", `${first.httpUrl}/api/v1/budgets/kept`, { budget: { scope: { tenant: "kept" }, window: "BUDGET_WINDOW_MONTH", limitNanoUsd: "5" } });
    await simulatorControl(first.simulatorUrl).setFaults([{ provider: "google", kind: "status", status: 500 }]);
    for (let count = 0; count < 5; count++) await send("POST", `${first.httpUrl}/v1/chat/completions`, chat("Fail.", { model: "gemini-2.5-flash" }));
    const spendOf = async (url: string) => (await send("GET", `${url}/api/v1/spend`)).body.totalNanoUsd as string;
    const circuitOf = async (url: string) =>
      (await send("GET", `${url}/api/v1/circuits`)).body.circuits?.find(({ model }: { model: string }) => model === "gemini-2.5-flash");
    await until("the circuit opens", async () => (await circuitOf(first.httpUrl))?.state === "CIRCUIT_STATE_OPEN");
    const spent = await until("six requests are settled", async () => {
      const { body } = await send("GET", `${first.httpUrl}/api/v1/spend?groupBy=SPEND_DIMENSION_TENANT`);
      return body.rows?.[0]?.requests === "6" ? (body.totalNanoUsd as string) : undefined;
    });
    await first.kill();

    const second = await startEmbedded({}, dataDir);
    expect(await spendOf(second.httpUrl)).toBe(spent);
    expect(await circuitOf(second.httpUrl)).toMatchObject({ state: "CIRCUIT_STATE_OPEN" });
    const again = await send("POST", `${second.httpUrl}/v1/chat/completions`, chat("Remember this.", { model: "gpt-4o-mini" }), cached);
    expect(again.body.fairlead.cache).toBe("hit");
    expect(again.body.choices).toEqual(answered.body.choices);
    const { body } = await send("GET", `${second.httpUrl}/api/v1/budgets`);
    expect(body.budgets).toMatchObject([{ budget: { budgetId: "kept", limitNanoUsd: "5" } }]);
    await second.close();
  }, MINUTE);

  it.each([
    ["an unknown strategy", "router: { defaultStrategy: magic }", "router.defaultStrategy", "expected one of"],
    ["weights that do not sum", "router: { rules: [{ name: a, policy: { weights: { cost: 0.9 } } }] }", "router.rules.0.policy.weights", "sum to 1"],
    ["a budget without a scope", "costOptimizer: { budgets: [{ id: a, window: day, limitUsd: 1 }] }", "costOptimizer.budgets.0.scope", "expected all, or a tenant"],
    ["a negative bound", "fallbackManager: { circuitOpenMs: -1 }", "fallbackManager.circuitOpenMs", ">=1"],
    ["a critical bound before the warning", "slaMonitor: { successRateCritical: 0.99 }", "slaMonitor.successRateCritical", "expected"],
    ["a deployment without a name", "adapterOpenai: { deployments: [{ region: eu }] }", "adapterOpenai.deployments.0.name", "expected"],
  ])("does not start with %s, and names the key and what was expected", async (_, yaml, key, expected) => {
    const file = join(dataDir, "config.yaml");
    await writeFile(file, yaml);
    const ended = spawnSync(process.execPath, ["services/embedded/src/main.ts"], {
      env: { PATH: process.env["PATH"], FAIRLEAD_CONFIG: file, FAIRLEAD_DATA_DIR: dataDir, FAIRLEAD_HTTP_PORT: "0", FAIRLEAD_GRPC_PORT: "0" },
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(ended.status).not.toBe(0);
    expect(ended.status).not.toBeNull();
    expect(ended.stderr).toContain(key);
    expect(ended.stderr).toContain(expected);
  });

  it("takes changed models, prices and routing rules without a restart, and keeps those before where a file is broken", async () => {
    const models = join(dataDir, "models.yaml");
    const rules = join(dataDir, "rules.yaml");
    await writeFile(models, "models: []\n");
    await writeFile(rules, "rules: []\n");
    const shape = await startEmbedded({ OPENAI_MODELS_FILE: models, FAIRLEAD_RULES_FILE: rules }, dataDir);
    const explain = async (model: string) => (await send("POST", `${shape.httpUrl}/api/v1/explain`, native("Hi.", { model }))).body;
    const costOf = async () => (await explain("openai/gpt-4o")).decision?.candidates?.[0]?.predictedCostNanoUsd as string;
    const before = await costOf();
    await writeFile(models, 'models:\n  - { model: gpt-4o, prices: [{ input: "99", output: "99" }] }\n');
    await until("the new price", async () => Number(await costOf()) > 5 * Number(before));
    await writeFile(models, "models:\n  - { model: gpt-4o, prices: [] }\n");
    await until("no route to a model without a price", async () => {
      const { decision } = await explain("openai/gpt-4o");
      return decision?.removals?.some(({ reason }: { reason: string }) => reason === "price_unknown");
    });
    await writeFile(models, "models:\n  - { model: gpt-4o, prices: free }\n");
    await writeFile(rules, "rules: [{ name: all is cheap, policy: { strategy: cost } }]\n");
    await until("the new rule", async () => (await explain("auto")).decision?.rules?.includes("all is cheap"));
    await writeFile(rules, "rules: [{ name: broken, policy: { strategy: magic } }]\n");
    const after = await until("another look at the files", async () => (await explain("auto")).decision);
    expect(after).toMatchObject({ strategy: "cost", rules: ["all is cheap"] });
    await shape.close();
  }, MINUTE);

  it("says where it listens, which providers are simulated and which are not started, and its curl line works", async () => {
    const environment = { GEMINI_API_KEY: "a-key", GEMINI_BASE_URL: "http://127.0.0.1:9", OPENAI_SIMULATED: "true", FAIRLEAD_PROVIDERS: "openai,anthropic,google" };
    const shape = await startEmbedded(environment, dataDir);
    expect(shape.output).toContain("real providers:      google\n");
    expect(shape.output).toContain("simulated providers: openai\n");
    expect(shape.output).toContain("not started:         anthropic (no ANTHROPIC_API_KEY)\n");
    const line = /^\s*(curl .*)$/m.exec(shape.output)?.[1] ?? "";
    const pasted = spawnSync("bash", ["-c", line], { encoding: "utf8" });
    expect(JSON.parse(pasted.stdout)).toMatchObject({ object: "chat.completion", choices: [{ message: { role: "assistant" } }] });
    expect(shape.output).not.toContain("a-key");
    await shape.close();
  }, MINUTE);

  it.each([
    ["FAIRLEAD_HTTP_PORT", "eighty"],
    ["FAIRLEAD_DEFAULT_STRATEGY", "magic"],
    ["FAIRLEAD_CIRCUIT_FAILURES", "-1"],
  ])("does not start with a wrong %s, and names it", async (variable, value) => {
    const ended = spawnSync(process.execPath, ["services/embedded/src/main.ts"], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], FAIRLEAD_DATA_DIR: dataDir, FAIRLEAD_GRPC_PORT: "0", FAIRLEAD_HTTP_PORT: "0", [variable]: value },
      timeout: 20_000,
    });
    expect(ended.status).toBe(78);
    expect(ended.stderr).toContain(variable);
  });

  it("is a library whose typed client is called in process", async () => {
    const environment = { FAIRLEAD_DATA_DIR: dataDir, FAIRLEAD_SIMULATOR_SPEED: "0", FAIRLEAD_LOG_LEVEL: "silent" };
    const fairlead = await createFairlead({ environment, http: false, grpc: false });
    const asked = {
      chat: { model: "auto", messages: [{ role: Role.USER, parts: [{ content: { case: "text" as const, value: { text: "Hello." } } }] }] },
      context: { cacheMode: CacheMode.READ_WRITE },
    };
    const answer = await fairlead.client.generate(asked);
    expect(answer.report?.costNanoUsd).toBeGreaterThan(0n);
    expect((await fairlead.client.generate(asked)).report?.cache).toBe(CacheState.HIT);
    let text = "";
    for await (const { deltas } of fairlead.client.generateStream({ chat: asked.chat })) {
      for (const { step } of deltas) if (step.case === "text") text += step.value;
    }
    expect(text).not.toBe("");
    await expect(fairlead.client.generate({ chat: { model: "auto", messages: [] } })).rejects.toMatchObject({
      detail: { violations: [{ field: "chat.messages" }] },
    });
    expect(fairlead.ports).toEqual({ http: undefined, grpc: undefined, admin: undefined });
    await fairlead.close();
  }, MINUTE);
});
