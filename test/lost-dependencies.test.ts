import { chat, send } from "./support/http.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { startLoad } from "./support/steady-load.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
/** Longer than silence is taken for absence anywhere in the mesh. */
const OUTAGE_MS = 15_000;

describe("a mesh that loses what it depends on", () => {
  let shape: MeshShape;

  beforeAll(async () => {
    shape = await startMesh();
    await until("an answer", async () => (await send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hello."))).status === 200, 20_000);
  }, 2 * MINUTE);

  afterAll(() => shape?.close(), MINUTE);

  it.each(["nats", "redis"] as const)(
    "stays ready and answers every request while %s does not answer, and accounts for each once afterwards",
    async (name) => {
      const server = shape.mesh.servers[name];
      const tenant = `without-${name}`;
      const load = startLoad(`${shape.httpUrl}/v1/chat/completions`, () => chat("Hello.", { model: "gpt-4o-mini", fairlead: { tenant } }), 40);
      await until("load", () => load.sent.length > 20);
      server.kill("SIGSTOP");
      const stoppedAt = Date.now();
      await until("the end of the outage", () => Date.now() - stoppedAt > OUTAGE_MS, OUTAGE_MS + 5_000);
      // Kubernetes would take all replicas of a service out of its addresses at once.
      const ready = await Promise.all(shape.mesh.parts.map(async ({ name, adminUrl }) => [name, (await fetch(`${adminUrl}/readyz`)).status]));
      server.kill("SIGCONT");
      expect(ready.filter(([, status]) => status !== 200)).toEqual([]);
      const sent = await load.stop();
      expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
      expect(sent.length).toBeGreaterThan(100);
      const spend = `${shape.httpUrl}/api/v1/spend?filter.tenant=${tenant}&groupBy=SPEND_DIMENSION_TENANT`;
      await until("all requests are settled", async () => (await send("GET", spend)).body.rows?.[0]?.requests === String(sent.length), 30_000);
    },
    2 * MINUTE,
  );
});
