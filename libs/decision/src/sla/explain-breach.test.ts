import fc from "fast-check";
import { type Cause, type CauseFacts, explainBreach } from "./explain-breach.ts";

const PROVIDERS = { openai: ["gpt-4o", "gpt-4o-mini"], anthropic: ["claude-haiku", "claude-sonnet"], google: ["gemini"] };
const TENANTS = ["acme", "beta", "core", "delta"];
const REGIONS = ["eu", "us"];

/** Traffic spread evenly over everything; `failing` says which share of a cell's calls fails, and how. */
function traffic(calls: number, failing: (cell: CauseFacts) => number, error = "provider_error"): CauseFacts[] {
  const cells: CauseFacts[] = [];
  for (const [provider, models] of Object.entries(PROVIDERS)) {
    for (const model of models) {
      for (const tenant of TENANTS) {
        for (const region of REGIONS) {
          const cell = { provider, model, deployment: "", region, tenant, error: "", calls, bad: 0 };
          const bad = Math.round(calls * failing(cell));
          if (bad < calls) cells.push({ ...cell, calls: calls - bad });
          if (bad > 0) cells.push({ ...cell, error, calls: bad, bad });
        }
      }
    }
  }
  return cells;
}

const healthy = traffic(500, () => 0.01);

function path(causes: readonly Cause[]): string[] {
  const [first] = causes;
  return first === undefined ? [] : [`${first.dimension}=${first.value}`, ...path(first.within)];
}

describe("explaining a breach", () => {
  it.each<[string, (cell: CauseFacts) => boolean, string[]]>([
    ["a provider", ({ provider }) => provider === "anthropic", ["provider=anthropic"]],
    ["a model", ({ model }) => model === "gpt-4o-mini", ["model=gpt-4o-mini"]],
    ["a tenant", ({ tenant }) => tenant === "beta", ["tenant=beta"]],
    ["a region", ({ region }) => region === "eu", ["region=eu"]],
    ["a tenant at one provider", ({ tenant, provider }) => tenant === "core" && provider === "google", ["tenant=core", "provider=google"]],
    ["a provider in one region", ({ provider, region }) => provider === "openai" && region === "us", ["region=us", "provider=openai"]],
  ])("finds %s that fails", (_name, fails, expected) => {
    const explained = explainBreach(traffic(100, (cell) => (fails(cell) ? 0.8 : 0.01)), healthy, "failures");
    const found = path(explained.causes).filter((step) => !step.startsWith("error="));
    expect(new Set(found.slice(0, expected.length))).toEqual(new Set(expected));
    expect(explained.causes[0]?.share).toBeGreaterThan(0.8);
    expect(explained.causes.at(-1)).toMatchObject({ dimension: "error", value: "provider_error" });
  });

  it("says it in a sentence, down to what is narrowest", () => {
    const explained = explainBreach(
      traffic(100, ({ tenant, model }) => (tenant === "beta" && model === "gpt-4o" ? 1 : 0), "rate_limited"),
      healthy,
      "failures",
    );
    expect(explained.summary).toMatch(/^200 of 4000 calls were failures\. .*model gpt-4o.* explains 100 % of the rise, mostly as rate_limited\.$/i);
    expect(explained.summary).toContain("tenant beta");
  });

  it("does not blame what always failed that often", () => {
    const usual = (cell: CauseFacts) => (cell.model === "gemini" ? 0.3 : 0.01);
    const now = traffic(200, (cell) => (cell.model === "claude-haiku" ? 0.6 : usual(cell)));
    const { causes } = explainBreach(now, traffic(500, usual), "failures");
    expect(causes.find(({ dimension }) => dimension === "model")).toMatchObject({ value: "claude-haiku" });
  });

  it("names no one where all fail alike, only the new kind of error", () => {
    const usual = traffic(500, () => 0.02, "timeout");
    const now = traffic(100, () => 0.4, "rate_limited");
    const { causes, summary } = explainBreach(now, usual, "failures");
    expect(causes.map(({ dimension, value }) => `${dimension}=${value}`)).toEqual(["error=rate_limited"]);
    expect(summary).toContain("Error rate_limited explains 100 % of the rise.");
  });

  it("does not take chance for a cause", () => {
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let blamed = 0;
    for (let run = 0; run < 200; run += 1) {
      const now = traffic(10, () => [0, 0.1, 0.2][Math.floor(random() * 3)] ?? 0);
      if (explainBreach(now, healthy, "failures").causes.some(({ dimension }) => dimension !== "error")) blamed += 1;
    }
    expect(blamed).toBeLessThanOrEqual(10);
  });

  it("finds a cause without a baseline and without other traffic at the time", () => {
    const now = traffic(20, ({ model }) => (model === "gpt-4o" ? 1 : 0));
    expect(path(explainBreach(now, [], "failures").causes)[0]).toBe("model=gpt-4o");
    const alone = now.filter(({ bad }) => bad > 0);
    expect(explainBreach(alone, [], "failures").summary).toContain("failures");
  });

  it("says so when nothing was bad, or nothing was called", () => {
    expect(explainBreach(traffic(10, () => 0), healthy, "failures")).toMatchObject({ bad: 0, causes: [], summary: "There were no failures in 400 calls." });
    expect(explainBreach([], [], "slow calls").summary).toBe("There were no slow calls in 0 calls.");
  });

  it("gives shares of 0 to 1, never more within a cause than it has, and of one dimension at most 1 together", () => {
    const cell = fc.record({
      provider: fc.constantFrom("a", "b", "c"),
      model: fc.constantFrom("x", "y"),
      deployment: fc.constantFrom("", "d"),
      region: fc.constantFrom("", "eu"),
      tenant: fc.constantFrom("t", "u", "v"),
      error: fc.constantFrom("timeout", "overloaded"),
      calls: fc.nat(50),
      bad: fc.nat(50),
    });
    const cells = fc.array(cell, { maxLength: 30 }).map((all) => all.map((one) => ({ ...one, calls: one.calls + one.bad })));
    const check = (causes: readonly Cause[], most: number): void => {
      expect(new Set(causes.map(({ dimension }) => dimension)).size).toBe(causes.length);
      for (const { share, surprise, within } of causes) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(most + 1e-9);
        expect(surprise).toBeGreaterThanOrEqual(0);
        expect(surprise).toBeLessThanOrEqual(1);
        check(within, share);
      }
    };
    fc.assert(fc.property(cells, cells, (now, before) => check(explainBreach(now, before, "failures").causes, 1)), { seed: 11 });
  });
});
