import { chat, send } from "./support/http.ts";
import { reflect } from "./support/reflected-client.ts";
import { type MeshShape, startMesh } from "./support/start-mesh.ts";
import { startLoad } from "./support/steady-load.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const SERVICE = "fairlead.sla.v1.SlaService";

interface Told {
  readonly summary: { readonly start: string; readonly total?: { readonly attempts?: string; readonly costNanoUsd?: string } };
}

describe("a mesh with two sla-monitors", () => {
  let shape: MeshShape;

  beforeAll(async () => {
    shape = await startMesh({}, { "sla-monitor": 2 });
  }, 2 * MINUTE);

  afterAll(() => shape?.close(), MINUTE);

  const monitors = () => shape.mesh.parts.filter(({ name }) => name.startsWith("sla-monitor"));
  /** The summary as each replica tells it by gRPC. */
  const toldByEach = () =>
    Promise.all(
      monitors().map(async ({ grpcAddress }) => {
        const client = await reflect(grpcAddress, SERVICE);
        try {
          return (await client.unary("GetMetricsSummary", {})) as unknown as Told;
        } finally {
          client.close();
        }
      }),
    );
  const attemptsOf = ({ summary: { total } }: Told) => Number(total?.attempts ?? 0);
  const agreeOn = (attempts: number) =>
    until(`both tell ${attempts} attempts`, async () => {
      const told = await toldByEach();
      return told.length === 2 && told.every((one) => attemptsOf(one) === attempts) ? told : undefined;
    }, 30_000);

  it("sums up alike at both, also after a reset at one and the death of one under load", async () => {
    const ask = () => send("POST", `${shape.httpUrl}/v1/chat/completions`, chat("Hello.", { model: "gpt-4o-mini" }));
    for (let count = 0; count < 10; count += 1) expect((await ask()).status).toBe(200);
    await agreeOn(10);
    const { body: reset } = await send("POST", `${shape.httpUrl}/api/v1/metrics/reset`, {});
    expect(reset.summary.total.attempts).toBe("10");
    expect((await agreeOn(0)).map(({ summary }) => summary.start)).toEqual([reset.resetAt, reset.resetAt]);

    const load = startLoad(`${shape.httpUrl}/v1/chat/completions`, () => chat("Hello.", { model: "gpt-4o-mini" }), 20);
    await until("load", () => load.sent.length > 50);
    const dying = shape.mesh.part("sla-monitor-2");
    const before = dying.pid();
    dying.kill("SIGKILL");
    await until("it comes back as another process", () => dying.pid() !== undefined && dying.pid() !== before, 30_000);
    await dying.ready();
    const back = load.sent.length;
    await until("load after it is back", () => load.sent.length > back + 50);
    const sent = await load.stop();
    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    const told = await agreeOn(sent.length);
    expect(new Set(told.map(({ summary }) => summary.total?.costNanoUsd)).size).toBe(1);
  }, 2 * MINUTE);
});
