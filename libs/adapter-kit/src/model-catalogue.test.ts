import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { loadModelCatalogue } from "./model-catalogue.ts";
import { parseNanoUsd } from "./parse-price.ts";

const folder = mkdtempSync(join(tmpdir(), "models-"));

function load(changes: Record<string, unknown> = {}) {
  const model = {
    model: "m",
    aliases: ["m-1"],
    kind: "chat",
    tier: "balanced",
    capabilities: ["tools"],
    context_window_tokens: 1000,
    max_output_tokens: 100,
    strengths: { overall: 0.5 },
    typical_first_token_ms: 1,
    typical_tokens_per_second: 1,
    prices: [{ effective_from: "2026-01-02", input: "1.75", output: "14", cache_read: "0.175" }],
    traits: { thinks: true },
    ...changes,
  };
  const file = join(folder, "models.yaml");
  writeFileSync(file, JSON.stringify({ models: [model] }));
  return loadModelCatalogue(pathToFileURL(file), "p", z.strictObject({ thinks: z.boolean() }));
}

describe("the model catalogue", () => {
  it("reads prices exactly, as nano-dollars from a day on", () => {
    const [price] = load().models[0]?.prices ?? [];
    expect(price).toMatchObject({ provider: "p", model: "m", input: 1_750_000_000n, output: 14_000_000_000n, cacheRead: 175_000_000n });
    expect(price?.cacheWrite).toBeUndefined();
    expect(price?.effectiveFrom?.seconds).toBe(BigInt(Date.parse("2026-01-02T00:00:00Z") / 1000));
  });

  it("finds a model by its aliases, with what the adapter wants to know of it", () => {
    expect(load().entry("m-1")).toMatchObject({ description: { model: "m", capabilities: { tools: true, vision: false } }, traits: { thinks: true } });
    expect(load().entry("x")).toBeUndefined();
  });

  it.each([
    ["models.0.tier", { tier: "best" }],
    ["models.0.prices.0.input", { prices: [{ input: 1.75, output: "1" }] }],
    ["models.0.prices.0.output", { prices: [{ input: "1", output: "1.0000000001" }] }],
    ["models.0.strengths", { strengths: {} }],
    ["models.0.traits.thinks", { traits: {} }],
    ["called m", { aliases: ["m"] }],
  ])("names %s where it is wrong", (path, changes) => {
    expect(() => load(changes)).toThrow(path);
  });

  it.each([["0", 0n], ["14", 14_000_000_000n], ["0.025", 25_000_000n], ["0.000000001", 1n]])("reads %s dollars", (text, nano) => {
    expect(parseNanoUsd(text)).toBe(nano);
  });

  it.each(["", "-1", "1e3", "1.", ".5", "1,5", "0.0000000001", "NaN"])("refuses %j as a price", (text) => {
    expect(() => parseNanoUsd(text)).toThrow(RangeError);
  });
});
