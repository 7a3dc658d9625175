import { installTools } from "../../scripts/tools/install-tools.ts";
import { simulatorControl } from "../support/simulator-control.ts";
import { type EmbeddedProcess, startEmbedded } from "../support/start-embedded.ts";
import { askMesh, CANARIES, refusedForItsBudget } from "./ask-mesh.ts";
import { jaegerQuery } from "./jaeger-query.ts";
import { type Jaeger, startJaeger } from "./start-jaeger.ts";
import { shapeOf, toTrees } from "./trace-tree.ts";

const MINUTE = 60_000;
const FALLBACK = `
fairlead server POST /v1/chat/completions
  fairlead internal fairlead.attempt
    fairlead client chat claude-haiku-4-5
      fairlead client POST
    fairlead producer send fairlead.v1.health.attempt.anthropic
      fairlead consumer process fairlead.v1.health.attempt.anthropic
      fairlead consumer process fairlead.v1.health.attempt.anthropic
  fairlead internal fairlead.attempt (failed)
    fairlead client chat gpt-4o (failed)
      fairlead client POST (failed)
    fairlead producer send fairlead.v1.health.attempt.openai
      fairlead consumer process fairlead.v1.health.attempt.openai
      fairlead consumer process fairlead.v1.health.attempt.openai
  fairlead internal fairlead.decide
  fairlead producer send fairlead.v1.cost.incurred.traced
    fairlead consumer process fairlead.v1.cost.incurred.traced
  fairlead producer send fairlead.v1.decision.made.traced
    fairlead consumer process fairlead.v1.decision.made.traced
`;

describe("the traces in Jaeger of a mesh in one process", () => {
  let jaeger: Jaeger;
  let mesh: EmbeddedProcess | undefined;
  let query: ReturnType<typeof jaegerQuery>;
  let traceId: string;

  /** Ends the mesh after the requests, so that every span has been sent. */
  beforeAll(async () => {
    jaeger = await startJaeger(installTools(["jaeger"]).jaeger);
    query = jaegerQuery(jaeger.queryUrl);
    mesh = await startEmbedded({ OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlpUrl });
    await simulatorControl(mesh.simulatorUrl).setFaults([{ provider: "openai", probes: false, kind: "status", status: 503 }]);
    const answer = await askMesh(mesh.httpUrl, { tenant: "traced", fallback_models: ["claude-haiku-4-5"] }, { model: "gpt-4o" });
    expect(answer.status).toBe(200);
    traceId = answer.traceId;
    await refusedForItsBudget(mesh.httpUrl);
    await mesh.close();
  }, 3 * MINUTE);

  afterAll(async () => {
    await mesh?.close();
    await jaeger?.close();
  }, MINUTE);

  it("show the same request without the calls between services", async () => {
    const trees = toTrees(await query.spans(traceId));
    expect(trees.map((root) => shapeOf(root))).toEqual([FALLBACK.trim().split("\n")]);
  });

  it("are found by the same tags, which stand on the span of the edge", async () => {
    expect(await query.find("fairlead", { "fairlead.fell_back": "true", "fairlead.tenant": "traced" })).toEqual([traceId]);
    const [root] = toTrees(await query.spans(traceId));
    expect(root?.span.tags).toMatchObject({ "fairlead.provider": "anthropic", "fairlead.attempt.count": 2, "fairlead.cost.usd": expect.any(Number), "fairlead.cache.state": "bypass" });
    const refused = await query.find("fairlead", { "error.type": "BUDGET_EXCEEDED", "fairlead.tenant": "poor" });
    expect(refused.length).toBeGreaterThan(0);
    const [edge] = toTrees(await query.spans(refused[0] ?? ""));
    expect(edge?.span).toMatchObject({ name: "POST /v1/chat/completions", tags: { "http.response.status_code": 429 } });
  });

  it("hold no content and no key", async () => {
    const text = await query.raw(traceId);
    for (const canary of [...Object.values(CANARIES), "canary", "simulated-key"]) expect(text).not.toContain(canary);
  });
});
