import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFairlead } from "@fairlead/embedded";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { CacheMode } from "@fairlead/contracts/routing/v1/request_context";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import { chat, send } from "./support/http.ts";
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

  it("says where it listens and which providers are simulated, and its curl line works", async () => {
    const shape = await startEmbedded({ GEMINI_API_KEY: "a-key", GEMINI_BASE_URL: "http://127.0.0.1:9" }, dataDir);
    expect(shape.output).toContain("real providers:      google");
    expect(shape.output).toContain("simulated providers: anthropic, openai");
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
