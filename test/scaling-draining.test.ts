import { chat } from "./support/http.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { until } from "./support/until.ts";
import { Ingress } from "./scaling/callers.ts";
import type { Pod } from "./scaling/pod.ts";
import { type Component, COMPONENTS, SmallCluster } from "./scaling/small-cluster.ts";

const MINUTE = 60_000;
const DRAIN_MS = 1_500;

describe("a service that is told to end while it is busy", () => {
  let cluster: SmallCluster;
  let ingress: Ingress;

  beforeAll(async () => {
    cluster = await SmallCluster.create({ replicas: {}, environment: { FAIRLEAD_DRAIN_MS: String(DRAIN_MS) } });
    ingress = new Ingress(() => cluster.listed("gateway"));
    // Two minutes, which nobody waits for.
    await simulatorControl(cluster.simulatorUrl).setModel("openai", "gpt-4o", { chunks: 240, outputTokens: 240, tokensPerSecond: 2 });
  }, 2 * MINUTE);

  afterAll(async () => {
    await ingress?.close();
    await cluster?.close();
  }, MINUTE);

  /** A stream that has begun, and the only pod of a component, which carries it. */
  async function begin(component: Component): Promise<{ readonly pod: Pod; readonly text: Promise<string> }> {
    // Each test ended one for good, and connections find its successor one by one.
    await Promise.all(COMPONENTS.map((one) => cluster.scale(one, 1)));
    const stream = await until("a stream", async () => {
      const sent = await ingress.stream(chat("A long one.", { model: "gpt-4o", stream: true })).catch(() => undefined);
      return sent?.status === 200 && sent;
    }, MINUTE);
    await stream.begun;
    return { pod: cluster.pods(component)[0] as Pod, text: stream.text };
  }

  it.each(["adapter-openai", "fallback-manager", "router", "gateway"] as const)(
    "tells the caller why when %s could not wait for a stream any longer, and ends by itself",
    async (component) => {
      const { pod, text } = await begin(component);
      const { status, tookMs } = await cluster.terminate(pod);
      console.info(`${component} ended with ${status} after ${tookMs} ms`);
      expect(status).toBe(0);
      expect(tookMs).toBeGreaterThanOrEqual(DRAIN_MS);
      expect(await text).toContain('"error"');
      expect(await text).not.toContain("[DONE]");
    },
    2 * MINUTE,
  );

  it("ends at once when it is told a second time", async () => {
    const { pod } = await begin("router");
    const ended = cluster.terminate(pod);
    await until("it is not ready", async () => !(await pod.ready()));
    pod.signal("SIGTERM");
    const { status, tookMs } = await ended;
    expect(status).toBe(1);
    expect(tookMs).toBeLessThan(DRAIN_MS);
  }, 2 * MINUTE);
});
