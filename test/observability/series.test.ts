import { until } from "../support/until.ts";
import { allQueries, dashboardQueries } from "./queries.ts";
import { readPromql } from "./read-promql.ts";
import { readRules } from "./rules.ts";
import { type Scraped, scrape } from "./scrape.ts";
import { keptAttributes } from "./sampling-policies.ts";
import { startPrometheus } from "./start-prometheus.ts";
import { type ObservedMesh, startObservedMesh } from "./start-observed-mesh.ts";
import { sendTraffic } from "./traffic.ts";

const MINUTE = 60_000;
/** Series that rules record, of series that are looked for themselves. */
const recorded = new Set(readRules().flatMap(({ alerts, name }) => (alerts ? [] : [name])));

/** What of a query's series a scrape lacks: whole series, or labels of one. */
function lacking(scraped: Scraped, place: string, expression: string): string[] {
  return readPromql(expression).flatMap(({ name, labels }) => {
    if (recorded.has(name)) return [];
    const known = scraped.get(name);
    if (known === undefined) return [`${place}: ${name}`];
    return labels.filter((label) => !known.has(label)).map((label) => `${place}: ${name}{${label}}`);
  });
}

describe("what dashboards, alerts, runbooks and autoscalers ask a running mesh for", () => {
  let mesh: ObservedMesh;
  let asked: string[] | undefined;

  beforeAll(async () => {
    mesh = await startObservedMesh();
    await sendTraffic(mesh);
  }, 3 * MINUTE);

  afterAll(() => mesh?.close(), MINUTE);

  it("is there, series by series and label by label", async () => {
    const queries = allQueries();
    expect(queries.length).toBeGreaterThan(150);
    const all = async () => {
      const scraped = await scrape(mesh.mesh.parts);
      return (asked = [...new Set(queries.flatMap(({ place, expression }) => lacking(scraped, place, expression)))]);
    };
    await until("every series", async () => (await all()).length === 0, MINUTE).catch(() => undefined);
    expect(asked).toEqual([]);
  }, 2 * MINUTE);

  it("is answered by a real Prometheus that scrapes it: every query without an error, every alert evaluated", async () => {
    const prometheus = await startPrometheus(mesh.mesh.parts);
    try {
      const up = async () => ((await prometheus.ask("query", { query: "up == 1" })) as { result: unknown[] }).result.length;
      await until("all parts scraped", async () => (await up()) === mesh.mesh.parts.length, MINUTE);
      const answered = new Map<string, number>();
      const askAll = async () => {
        for (const { place, expression } of dashboardQueries()) {
          const { result } = (await prometheus.ask("query", { query: expression })) as { result: unknown[] };
          answered.set(`${place}: ${expression}`, result.length);
        }
        return [...answered].filter(([, series]) => series === 0).map(([query]) => query);
      };
      // Rates of what happens by the second show after two scrapes; those of what failed only where it fails again.
      let empty: string[] = [];
      await until("figures for most panels", async () => (empty = await askAll()).length < answered.size / 5, MINUTE).catch(() => undefined);
      expect(empty.length / answered.size).toBeLessThan(0.2);
      const rules = async () => ((await prometheus.ask("rules")) as RuleGroups).groups.flatMap((group) => group.rules);
      await until("every rule evaluated", async () => (await rules()).every(({ health }) => health !== "unknown"), MINUTE);
      expect((await rules()).filter(({ health }) => health !== "ok")).toEqual([]);
      expect((await rules()).length).toBe(readRules().length);
    } finally {
      await prometheus.close();
    }
  }, 4 * MINUTE);

  it("comes with traces that the collector can tell by: fallbacks and budget refusals are marked as its policies expect", async () => {
    const kept = keptAttributes();
    expect(kept.map(({ policy }) => policy)).toEqual(["fallbacks", "budget-refusals"]);
    for (const { policy, key, values } of kept) {
      await until(policy, () => mesh.collector.spans.some(({ attributes }) => values.includes(attributes[key])), MINUTE);
    }
  }, 2 * MINUTE);

  it("is counted by labels of closed sets: neither a tenant, a model nor a path that is made up makes a series", async () => {
    const before = await scrapedText(mesh);
    await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        fetch(`${mesh.httpUrl}/api/v1/generate`, {
          method: "POST",
          body: JSON.stringify({ chat: { model: `made-up-${index}`, messages: [{ role: "ROLE_USER", parts: [{ text: { text: "Hi." } }] }] }, context: { tenant: `made-up-${index}` } }),
        }),
      ),
    );
    await fetch(`${mesh.httpUrl}/made-up`);
    const after = await until("tenants that share a label", async () => {
      const text = await scrapedText(mesh);
      return text.includes('tenant="other"') ? text : undefined;
    }, MINUTE);
    expect(before).not.toContain("made-up");
    expect(after).not.toMatch(/model="made-up|route="\/made-up/);
    // Each of two routers tells a hundred tenants apart.
    expect(new Set([...after.matchAll(/tenant="(made-up-\d+)"/g)].map(([, tenant]) => tenant)).size).toBeLessThanOrEqual(200);
    for (const part of mesh.mesh.parts) {
      const lines = (await (await fetch(`${part.adminUrl}/metrics`)).text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      expect([part.name, lines.length < 4_000]).toEqual([part.name, true]);
    }
  }, 3 * MINUTE);
});

interface RuleGroups {
  readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[] }[];
}

async function scrapedText({ mesh: { parts } }: ObservedMesh): Promise<string> {
  return (await Promise.all(parts.map(async ({ adminUrl }) => (await fetch(`${adminUrl}/metrics`)).text()))).join("");
}
