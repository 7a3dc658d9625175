import { chat } from "./support/http.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { until } from "./support/until.ts";
import { Ingress } from "./scaling/callers.ts";
import { COMPONENTS, SmallCluster } from "./scaling/small-cluster.ts";

const MINUTE = 60_000;
const GRACE_MS = 40_000;

describe("a mesh whose services are restarted in turn under load", () => {
  let cluster: SmallCluster;
  let ingress: Ingress;

  beforeAll(async () => {
    const replicas = Object.fromEntries(COMPONENTS.map((component) => [component, 2]));
    cluster = await SmallCluster.create({ replicas, environment: { FAIRLEAD_LAME_DUCK_MS: "7000" } });
    ingress = new Ingress(() => cluster.listed("gateway"));
    await simulatorControl(cluster.simulatorUrl).setModel("openai", "gpt-4o", { chunks: 50, outputTokens: 150, tokensPerSecond: 50 });
    await until("answers", async () => (await ingress.chat(chat("Hello.", { model: "gpt-4o-mini" })).catch(() => undefined))?.status === 200, MINUTE);
  }, 3 * MINUTE);

  afterAll(async () => {
    await ingress?.close();
    await cluster?.close();
  }, MINUTE);

  it("fails no call and cuts no stream, and every replica ends by itself in time", async () => {
    const calls = ingress.start(4, chat("Hello.", { model: "gpt-4o-mini" }), (text) => text.includes('"choices"'));
    const streams = ingress.start(8, chat("A long one.", { model: "gpt-4o", stream: true }), (text) => text.includes("data: [DONE]") && !text.includes('"error"'));
    const failures = () => ({ calls: calls.failed, streams: streams.failed });
    await until("streams", () => streams.answered() >= 8, MINUTE);
    for (const component of COMPONENTS) {
      await cluster.restart(component);
      // Told here rather than at the end, so that it is seen which restart did it.
      expect([component, failures()]).toEqual([component, { calls: [], streams: [] }]);
    }
    const ends = await cluster.ends();
    const seen = [calls.answered(), streams.answered()];
    await until("calls after the last restart", () => calls.answered() > (seen[0] ?? 0) + 50 && streams.answered() > (seen[1] ?? 0) + 8, MINUTE);
    await Promise.all([calls.stop(), streams.stop()]);
    console.info(`${calls.answered()} calls, ${streams.answered()} streams; ${ends.map(({ name, tookMs }) => `${name} ${tookMs} ms`).join(", ")}`);
    expect(failures()).toEqual({ calls: [], streams: [] });
    expect(ends.filter(({ status }) => status !== 0)).toEqual([]);
    expect(Math.max(...ends.map(({ tookMs }) => tookMs))).toBeLessThan(GRACE_MS);
    expect(ends).toHaveLength(2 * COMPONENTS.length);
  }, 5 * MINUTE);
});
