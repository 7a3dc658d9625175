import { chat } from "./support/http.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { until } from "./support/until.ts";
import { Ingress } from "./scaling/callers.ts";
import type { Pod } from "./scaling/pod.ts";
import { SmallCluster } from "./scaling/small-cluster.ts";

const MINUTE = 60_000;
const CHAT = "fairlead.adapter.v1.AdapterService/Chat";
const STREAM = "fairlead.adapter.v1.AdapterService/ChatStream";

/** From a name's listing of new replicas until they have their share. */
const EVEN_WITHIN_MS = 15_000;
const SHARE = 0.2;
const GRACE_MS = 40_000;

describe("replicas that come and go under persistent clients", () => {
  let cluster: SmallCluster;
  let ingress: Ingress;

  beforeAll(async () => {
    cluster = await SmallCluster.create({ replicas: {}, environment: { FAIRLEAD_LAME_DUCK_MS: "7000" } });
    ingress = new Ingress(() => cluster.listed("gateway"));
    const { setModel } = simulatorControl(cluster.simulatorUrl);
    await setModel("openai", "gpt-4o", { chunks: 100, outputTokens: 300, tokensPerSecond: 25 });
    await until("answers", async () => (await ingress.chat(chat("Hello.", { model: "gpt-4o-mini" })).catch(() => undefined))?.status === 200, MINUTE);
  }, 2 * MINUTE);

  afterAll(async () => {
    await ingress?.close();
    await cluster?.close();
  }, MINUTE);

  const startCalls = () => ingress.start(8, chat("Hello.", { model: "gpt-4o-mini" }), (text) => text.includes('"choices"'));
  const sendStream = () => ingress.chat(chat("A long one.", { model: "gpt-4o", stream: true }));

  async function servedBy(pods: readonly Pod[]): Promise<number[]> {
    return Promise.all(pods.map((pod) => pod.served(CHAT)));
  }

  /** Calls that each pod serves from now on, until they are so many together. */
  async function sharesOf(pods: readonly Pod[], calls: number): Promise<number[]> {
    const before = await servedBy(pods);
    return until(`${calls} calls`, async () => {
      const since = (await servedBy(pods)).map((count, index) => count - (before[index] ?? 0));
      return sum(since) >= calls && since;
    }, MINUTE);
  }

  function isEven(shares: readonly number[]): boolean {
    const mean = sum(shares) / shares.length;
    return shares.every((share) => Math.abs(share - mean) <= SHARE * mean);
  }

  it("gives each of four its share within 15 s of their being listed, where one was before, and loses no call", async () => {
    const calls = startCalls();
    await until("calls of the one", () => calls.answered() > 50, MINUTE);
    const long = sendStream();
    await cluster.scale("adapter-openai", 4);
    const listedAt = Date.now();
    const pods = cluster.pods("adapter-openai");
    let evenAt = 0;
    const shares = await until("an even share", async () => {
      evenAt = Date.now();
      const found = await sharesOf(pods, 200);
      return isEven(found) && found;
    }, MINUTE);
    expect(evenAt - listedAt).toBeLessThanOrEqual(EVEN_WITHIN_MS);
    const after = await sharesOf(pods, 600);
    console.info(`even after ${(evenAt - listedAt) / 1000} s: ${shares.join(", ")}; then ${after.join(", ")}`);
    expect([after, isEven(after)]).toEqual([after, true]);
    await calls.stop();
    expect(calls.failed).toEqual([]);
    expect((await long).text).toContain("data: [DONE]");
  }, 2 * MINUTE);

  it("ends two of four in mid-stream without an error or a cut answer, and the two end by themselves in time", async () => {
    const pods = cluster.pods("adapter-openai");
    const calls = startCalls();
    const streams = Array.from({ length: 12 }, sendStream);
    await until("streams at each", async () => (await Promise.all(pods.map((pod) => pod.active(STREAM)))).every((count) => count >= 2), MINUTE);
    const [left = [], leaving = []] = [pods.slice(0, 2), pods.slice(2)];
    const ending = leaving.map((pod) => cluster.terminate(pod));
    const ends = await Promise.all(ending);
    const shares = await sharesOf(left, 200);
    console.info(`ended: ${ends.map(({ name, status, tookMs }) => `${name} with ${status} after ${tookMs} ms`).join(", ")}; then ${shares.join(", ")}`);
    for (const { text } of await Promise.all(streams)) {
      expect(text.match(/"content"/g)?.length).toBeGreaterThanOrEqual(100);
      expect(text).toContain("data: [DONE]");
      expect(text).not.toContain('"error"');
    }
    await calls.stop();
    expect(calls.failed).toEqual([]);
    expect(ends.map(({ status }) => status)).toEqual([0, 0]);
    expect(Math.max(...ends.map(({ tookMs }) => tookMs))).toBeLessThan(GRACE_MS);
    expect(isEven(shares)).toBe(true);
  }, 2 * MINUTE);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
