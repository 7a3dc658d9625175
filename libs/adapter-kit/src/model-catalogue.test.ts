import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "@fairlead/runtime/config";
import { z } from "zod";
import { readCatalogue } from "./model-catalogue.ts";
import { parseNanoUsd } from "./parse-price.ts";

const folder = mkdtempSync(join(tmpdir(), "models-"));
const builtIn = join(folder, "models.yaml");
const file = join(folder, "changes.yaml");
const traits = z.strictObject({ thinks: z.boolean() });

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
};

function load(changes: Record<string, unknown> = {}) {
  writeFileSync(builtIn, JSON.stringify({ models: [{ ...model, ...changes }] }));
  return readCatalogue({ builtIn: pathToFileURL(builtIn), provider: "p", traits });
}

function loadWith(text: unknown) {
  writeFileSync(builtIn, JSON.stringify({ models: [model, { ...model, model: "n", aliases: [] }] }));
  writeFileSync(file, typeof text === "string" ? text : JSON.stringify(text));
  return readCatalogue({ builtIn: pathToFileURL(builtIn), provider: "p", traits, file });
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

  it("writes requests for a longer name of a model like those for the model", () => {
    expect(load().entry("m-2026-01-02")?.description.model).toBe("m");
    expect(load().entry("mm-2026-01-02")).toBeUndefined();
  });

  it("tells limits and the name shared with other providers where they are known", () => {
    expect(load().models[0]).toMatchObject({ canonicalModel: "" });
    expect(load().models[0]?.limits).toBeUndefined();
    const known = load({ canonical_model: "weights-7b", limits: { requests_per_minute: 10, tokens_per_minute: 20, concurrent_requests: 3, quota_account: "a" } });
    const limits = { requestsPerMinute: 10, tokensPerMinute: 20n, concurrentRequests: 3, quotaAccount: "a" };
    expect(known.models[0]).toMatchObject({ canonicalModel: "weights-7b", limits });
  });

  it("tells of no model twice", () => {
    writeFileSync(builtIn, JSON.stringify({ models: [model, model] }));
    expect(() => readCatalogue({ builtIn: pathToFileURL(builtIn), provider: "p", traits })).toThrow("models.1.model: m is told twice");
  });

  it("takes a price of nothing only where it says that nothing is meant", () => {
    expect(load({ prices: [{ input: "0", output: "0", free: true }] }).models[0]?.prices).toMatchObject([{ input: 0n, output: 0n }]);
    expect(load({ kind: "embedding", prices: [{ input: "1", output: "0" }] }).models[0]?.prices).toMatchObject([{ output: 0n }]);
  });

  it("reads the rates of long prompts", () => {
    const long_prompt = [
      { above_tokens: 200_000, input: "4", output: "18", cache_read: "0.4" },
      { above_tokens: 500_000, input: "5", output: "20", cache_read: "0.5" },
    ];
    const [price] = load({ prices: [{ input: "2", output: "12", cache_read: "0.2", long_prompt }] }).models[0]?.prices ?? [];
    expect(price).toMatchObject({
      input: 2_000_000_000n,
      longPrompt: [
        { aboveTokens: 200_000, input: 4_000_000_000n, output: 18_000_000_000n, cacheRead: 400_000_000n },
        { aboveTokens: 500_000, input: 5_000_000_000n, output: 20_000_000_000n, cacheRead: 500_000_000n },
      ],
    });
    expect(price?.longPrompt[0]?.cacheWrite).toBeUndefined();
    expect(load().models[0]?.prices[0]?.longPrompt).toEqual([]);
  });

  it.each([
    ["long_prompt.0.input", { input: "-4" }],
    ["long_prompt.0.above_tokens", { above_tokens: 0 }],
    ["long_prompt.0.above_tokens", { above_tokens: 1.5 }],
    ["long_prompt.0.below_tokens", { below_tokens: 3 }],
    ["long_prompt.0.output: a price of 0 is not one of long prompts", { output: "0" }],
    ["long_prompt.0.cache_read: is missing", { cache_read: undefined }],
    ["long_prompt.0.cache_write: must be told for other prompts too", { cache_write: "5" }],
    ["long_prompt.1.above_tokens: must rise from entry to entry", { above_tokens: 500_000 }],
  ])("names prices.0.%s where the rates of long prompts are wrong", (path, change) => {
    const step = { above_tokens: 200_000, input: "4", output: "18", cache_read: "0.4" };
    const long_prompt = [{ ...step, ...change }, { ...step, above_tokens: 500_000 }];
    expect(() => load({ prices: [{ input: "2", output: "12", cache_read: "0.2", long_prompt }] })).toThrow(`models.0.prices.0.${path}`);
  });

  it("refuses rates of long prompts of a free model", () => {
    const long_prompt = [{ above_tokens: 1, input: "0", output: "0" }];
    expect(() => load({ prices: [{ input: "0", output: "0", free: true, long_prompt }] })).toThrow("models.0.prices.0.free");
  });

  it("offers a model without a price as one without a price", () => {
    expect(load({ prices: [] }).models[0]?.prices).toEqual([]);
  });

  it.each([
    ["models.0.tier", { tier: "best" }],
    ["models.0.prices.0.input", { prices: [{ input: 1.75, output: "1" }] }],
    ["models.0.prices.0.output", { prices: [{ input: "1", output: "1.0000000001" }] }],
    ["models.0.strengths", { strengths: {} }],
    ["models.0.prices.0.input: a price of 0 must say free: true", { prices: [{ input: "0", output: "1" }] }],
    ["models.0.prices.0.output: a price of 0 must say free: true", { prices: [{ input: "1", output: "0" }] }],
    ["models.0.prices.0.free", { prices: [{ input: "0", output: "1", free: true }] }],
    ["models.0.limits.requests_per_minute", { limits: { requests_per_minute: 0 } }],
    ["models.0.context", { context: 1 }],
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

describe("a models file of the operator's", () => {
  it("puts its keys in the place of known ones, adds models and takes some out", () => {
    const { models, entry } = loadWith({
      models: [
        { model: "m", prices: [{ input: "2", output: "3" }], limits: { requests_per_minute: 5 } },
        { ...model, model: "new", aliases: ["newer"] },
        { model: "n", remove: true },
      ],
    });
    expect(models.map((one) => one.model)).toEqual(["m", "new"]);
    expect(models[0]).toMatchObject({ prices: [{ input: 2_000_000_000n }], limits: { requestsPerMinute: 5 }, tier: "balanced" });
    expect(entry("newer")).toMatchObject({ description: { model: "new" }, traits: { thinks: true } });
    expect(entry("n")).toBeUndefined();
  });

  it.each(["", "models:", "models: []", "# nothing yet\n"])("changes nothing where it says nothing: %j", (text) => {
    expect(loadWith(text).models.map((one) => one.model)).toEqual(["m", "n"]);
  });

  it("changes nothing where it is not there", () => {
    load();
    const catalogue = readCatalogue({ builtIn: pathToFileURL(builtIn), provider: "p", traits, file: join(folder, "absent.yaml") });
    expect(catalogue.models).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["is not YAML", "models: [\n  - x: 'secret"],
    ["expected a map", "- a"],
    ["models: Invalid input: expected array", { models: 5 }],
    ["model: Unrecognized key", { model: 5 }],
    ["models.0.model", { models: [{ tier: "flagship" }] }],
    ["models.1.tier", { models: [{ model: "m" }, { model: "n", tier: "best" }] }],
    ["models.0.kind", { models: [{ model: "incomplete" }] }],
    ["models.0.strenghts", { models: [{ model: "m", strenghts: {} }] }],
    ["models.0.remove: there is no model x", { models: [{ model: "x", remove: true }] }],
    ["models.0.remove: expected true", { models: [{ model: "m", remove: "yes" }] }],
    ["models.1.model: m is told twice", { models: [{ model: "m" }, { model: "m" }] }],
    ["models.0.aliases: two models are called n", { models: [{ ...model, model: "o", aliases: ["n"] }] }],
    ["no model of p is left", { models: [{ model: "m", remove: true }, { model: "n", remove: true }] }],
  ])("is refused with the place of what is wrong: %s", (place, text) => {
    let thrown: unknown;
    try {
      loadWith(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as Error).message).toContain(place);
    expect((thrown as Error).message).not.toContain("secret");
  });
});
