import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chat, send } from "./support/http.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const PROMPT = "canary-prompt-7f3a";
const KEY = "canary-key-91bc";

interface Line {
  readonly level: number;
  readonly service?: string;
  readonly msg?: string;
  readonly trace_id?: string;
  readonly [fact: string]: unknown;
}

describe("the logs of a mesh", () => {
  let shape: MeshShape;

  beforeAll(async () => {
    shape = await startMesh({ FAIRLEAD_LOG_LEVEL: "debug" });
  }, 2 * MINUTE);

  afterAll(() => shape?.close(), MINUTE);

  const ask = (more: Record<string, unknown>) =>
    send("POST", `${shape.httpUrl}/v1/chat/completions`, chat(PROMPT, more), { authorization: `Bearer ${KEY}` });
  const texts = () => readdirSync(shape.logDir).map((file) => ({ file, text: readFileSync(join(shape.logDir, file), "utf8") }));
  const services = () => shape.mesh.parts.map(({ name }) => `${name}.log`);
  const lines = (): Line[] =>
    texts().flatMap(({ file, text }) => (services().includes(file) ? text.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Line) : []));
  const lineOf = (traceId: string) => until("the request's line", () => lines().find((line) => line.service === "router" && line.trace_id === traceId));

  it("tell what came of a request under the id of its trace, more loudly the worse it ended", async () => {
    const simulator = simulatorControl(shape.simulatorUrl);
    const answered = await ask({ model: "gpt-4o-mini" });
    await simulator.setFaults([{ provider: "openai", kind: "status", status: 503 }]);
    const fellBack = await ask({ model: "gpt-4o-mini" });
    const failed = await ask({ model: "gpt-4o-mini", fairlead: { disable_fallback: true } });
    await simulator.setFaults([]);
    expect([answered.status, fellBack.status, failed.status]).toEqual([200, 200, 503]);
    const found = await Promise.all([answered, fellBack, failed].map(({ headers }) => lineOf(headers.get("x-fairlead-trace-id") ?? "")));
    expect(found.map(({ level, msg, code }) => [level, msg, code])).toEqual([
      [20, "answered", "OK"],
      [30, "answered", "OK"],
      [40, "not answered", expect.stringMatching(/^[A-Z_]+$/)],
    ]);
    expect(found[1]).toMatchObject({ request_id: expect.any(String), tenant: "default", attempts: expect.any(Number), duration_ms: expect.any(Number), cost_nano_usd: expect.stringMatching(/^[1-9]/) });
  });

  it("hold no key and nothing of a request or an answer, whatever happens to it", async () => {
    const simulator = simulatorControl(shape.simulatorUrl);
    const { body } = await ask({ model: "gpt-4o-mini" });
    await ask({ model: `no-such-model-${PROMPT}` });
    await ask({ temperature: PROMPT });
    await send("POST", `${shape.httpUrl}/v1/chat/completions`, `{"model": ${PROMPT}`, { authorization: `Bearer ${KEY}` });
    await simulator.setFaults([{ provider: "openai", kind: "status", status: 500 }]);
    await ask({ model: "gpt-4o-mini", fairlead: { disable_fallback: true } });
    await simulator.setFaults([]);
    const last = await ask({ model: "gpt-4o-mini" });
    await lineOf(last.headers.get("x-fairlead-trace-id") ?? "");
    const answer: string = body.choices[0].message.content;
    expect(answer.length).toBeGreaterThan(20);
    for (const secret of [PROMPT, KEY, answer]) expect(texts().filter(({ text }) => text.includes(secret)).map(({ file }) => file)).toEqual([]);
  });

  it("are JSON, each line with its level, time and service", () => {
    for (const { file, text } of texts().filter((log) => services().includes(log.file))) {
      const written = text.split("\n").filter((line) => line !== "");
      expect([file, written.filter((line) => !line.startsWith("{"))]).toEqual([file, []]);
    }
    expect(lines().filter(({ level, service, time }) => typeof level !== "number" || typeof service !== "string" || typeof time !== "string")).toEqual([]);
  });
});
