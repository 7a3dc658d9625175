import { comparePrices, priceName, type PriceNames, type PriceRow } from "./compare-prices.ts";

const NAMES: PriceNames = {
  providers: { gemini: "google", "vertex_ai-language-models": "google" },
  models: { "anthropic/claude-x-20250101": "claude-x" },
};

describe("comparePrices", () => {
  it("tells what only one list has, what agrees and what differs, with the ratio", () => {
    const left = [
      row("anthropic", "claude-x", 3n, 15n, 1n),
      row("google", "flash", 1n, 2n),
      row("openai", "ours", 1n, 1n),
    ];
    const right = [
      row("anthropic", "claude-x", 3n, 30n),
      row("gemini", "models/Flash", 1n, 2n, 7n),
      row("openai", "theirs", 1n, 1n),
    ];
    expect(comparePrices(left, right, NAMES)).toEqual({
      onlyLeft: [left[2]],
      onlyRight: [right[2]],
      agreeing: [left[1]],
      differences: [
        { left: left[0], right: right[0], bucket: "output", leftNanoUsd: 15n, rightNanoUsd: 30n, ratio: 2 },
      ],
    });
  });

  it("compares every row of a model that is listed more than once", () => {
    const left = [row("anthropic", "claude-x", 3n, 15n)];
    const right = [row("anthropic", "claude-x", 3n, 15n), row("anthropic", "claude-x-20250101", 4n, 15n)];
    const { agreeing, differences } = comparePrices(left, right, NAMES);
    expect(agreeing).toEqual([]);
    expect(differences.map(({ right: other, ratio }) => [other.model, ratio])).toEqual([["claude-x-20250101", 4 / 3]]);
  });

  it("tells a price that is not said from one that is zero", () => {
    const free = comparePrices([row("a", "m", 0n, 1n)], [row("a", "m", 5n, 1n)], NAMES);
    expect(free.differences.map(({ ratio }) => ratio)).toEqual([Number.POSITIVE_INFINITY]);
    const silent = comparePrices([row("a", "m", undefined, 1n)], [row("a", "m", 5n, 1n)], NAMES);
    expect(silent.differences).toEqual([]);
  });
});

describe("priceName", () => {
  it.each([
    ["OpenAI", "GPT-X", "openai/gpt-x"],
    ["openai", "openai/gpt-x", "openai/gpt-x"],
    ["gemini", "gemini/flash", "google/flash"],
    ["vertex_ai-language-models", "flash", "google/flash"],
    ["anthropic", "claude-x-20250101", "anthropic/claude-x"],
    ["anthropic", "claude-y-20250101", "anthropic/claude-y-20250101"],
    ["openai", "constructor", "openai/constructor"],
  ])("calls %s %s %s", (provider, model, name) => {
    expect(priceName({ provider, model }, NAMES)).toBe(name);
  });
});

function row(provider: string, model: string, input?: bigint, output?: bigint, cacheRead?: bigint): PriceRow {
  return { provider, model, input, output, cacheRead, cacheWrite: undefined };
}
