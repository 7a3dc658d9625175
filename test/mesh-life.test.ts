import { chat, send } from "./support/http.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { startLoad } from "./support/steady-load.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;

describe("a mesh whose processes are killed under load", () => {
  let shape: MeshShape;

  beforeAll(async () => {
    shape = await startMesh({}, { router: 2 });
  }, 2 * MINUTE);

  afterAll(() => shape?.close(), MINUTE);

  /** Kills a process under load, and tells how the requests of that time ended once it is back. */
  async function killUnderLoad(name: string) {
    const part = shape.mesh.part(name);
    const before = part.pid();
    const load = startLoad(`${shape.httpUrl}/v1/chat/completions`, () => chat("Hello.", { model: "gpt-4o-mini" }), 20);
    await until("load", () => load.sent.length > 20);
    const killedAt = Date.now();
    part.kill("SIGKILL");
    await until(`${name} comes back as another process`, () => part.pid() !== undefined && part.pid() !== before, 20_000);
    await part.ready();
    const backAt = Date.now();
    await until("load after it is back", () => load.sent.filter(({ startedAt }) => startedAt > backAt).length > 50);
    const sent = await load.stop();
    const failed = sent.filter(({ status }) => status !== 200);
    return { failed, backAt, killedAt, late: failed.filter(({ startedAt }) => startedAt > backAt + 1_000) };
  }

  it.each(["load-balancer", "cost-optimizer", "sla-monitor", "adapter-openai", "adapter-google"])(
    "loses no request when %s is killed",
    async (name) => {
      const { failed } = await killUnderLoad(name);
      expect(failed).toEqual([]);
    },
    MINUTE,
  );

  it.each(["router", "fallback-manager"])(
    "loses at most what was under way when %s is killed, and serves all when it is back",
    async (name) => {
      const { failed, killedAt, late } = await killUnderLoad(name);
      expect(late).toEqual([]);
      expect(failed.filter(({ status }) => status !== 503)).toEqual([]);
      // One was begun every 20 ms: only those of the moment may be lost.
      expect(failed.length).toBeLessThanOrEqual(10);
      expect(failed.filter(({ startedAt }) => startedAt > killedAt + 1_000)).toEqual([]);
    },
    MINUTE,
  );

  it("serves all again when the gateway is back", async () => {
    const { late } = await killUnderLoad("gateway");
    expect(late).toEqual([]);
  }, MINUTE);

  it.each(["gateway", "router", "fallback-manager", "adapter-openai"])(
    "finishes the streams under way when %s is told to end, and goes on with another process",
    async (name) => {
      const simulator = simulatorControl(shape.simulatorUrl);
      await simulator.setModel("openai", "gpt-4o", { chunks: 100, outputTokens: 300, tokensPerSecond: 100 });
      const stream = await fetch(`${shape.httpUrl}/v1/chat/completions`, {
        method: "POST",
        body: JSON.stringify(chat("A long one.", { model: "gpt-4o", stream: true })),
      });
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
      const first = await reader?.read();
      const parts = shape.mesh.parts.filter((part) => part.name === name || part.name.startsWith(`${name}-`));
      const before = parts.map((part) => part.pid());
      for (const part of parts) part.kill("SIGTERM");
      let text = first?.value ?? "";
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) text += next.value;
      expect(text).toContain("data: [DONE]");
      expect(text).not.toContain('"error"');
      await simulator.clearModels();
      await until(`${name} comes back`, () => parts.every((part, index) => part.pid() !== undefined && part.pid() !== before[index]), 20_000);
      await Promise.all(parts.map((part) => part.ready()));
      const { status } = await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("And again.", { model: "gpt-4o-mini" }));
      expect(status).toBe(200);
    },
    MINUTE,
  );

  it("has metrics, health and readiness at every service", async () => {
    for (const { adminUrl, name } of shape.mesh.parts) {
      const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
      expect([name, metrics.includes("process_cpu_seconds_total")]).toEqual([name, true]);
      expect((await fetch(`${adminUrl}/livez`)).status).toBe(200);
      expect((await fetch(`${adminUrl}/readyz`)).status).toBe(200);
    }
    const { body } = await send("GET", `${shape.httpUrl}/health/detailed`);
    expect(body.status).toBe("ok");
  }, MINUTE);
});
