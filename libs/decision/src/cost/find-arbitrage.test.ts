import { create } from "@bufbuild/protobuf";
import { ModelPriceSchema } from "@fairlead/contracts/cost/v1/price";
import fc from "fast-check";
import { type EffectivePrice, DEFAULT_ARBITRAGE, findArbitrage } from "./find-arbitrage.ts";

const BASE: EffectivePrice = {
  provider: "one",
  model: "llama-70b",
  deployment: "",
  canonicalModel: "llama-3.3-70b",
  tier: "balanced",
  capabilities: ["tools"],
  quality: 0.8,
  inputNanoUsd: 600_000_000n,
  outputNanoUsd: 800_000_000n,
  listed: undefined,
  promptTokens: 3_000,
  cacheHitShare: 0,
  calls: 1000,
  inputTokensPerDay: 9_000_000,
  outputTokensPerDay: 1_000_000,
};

describe("findArbitrage", () => {
  it("finds the same weights for less, and says what a month of the recent traffic would save", () => {
    const cheaper = {
      ...BASE,
      provider: "two",
      model: "llama",
      inputNanoUsd: 300_000_000n,
      inputTokensPerDay: 0,
      outputTokensPerDay: 0,
    };
    expect(findArbitrage([BASE, cheaper])).toEqual([
      {
        kind: "same_model",
        from: { provider: "one", model: "llama-70b", deployment: "" },
        to: { provider: "two", model: "llama", deployment: "" },
        fromNanoUsdPerMillion: 620_000_000n,
        toNanoUsdPerMillion: 350_000_000n,
        savingNanoUsdPerMillion: 270_000_000n,
        savingShare: expect.closeTo(0.4355, 4),
        monthlySavingNanoUsd: 81_000_000_000n,
        evidence: 1000,
        caveats: [],
      },
    ]);
  });

  it("compares on the mix of the traffic that would move", () => {
    const dearAnswers = { ...BASE, provider: "two", inputNanoUsd: 100_000_000n, outputNanoUsd: 8_000_000_000n };
    const writer = { ...BASE, inputTokensPerDay: 1_000_000, outputTokensPerDay: 9_000_000 };
    const [opportunity, ...others] = findArbitrage([
      writer,
      { ...dearAnswers, inputTokensPerDay: 0, outputTokensPerDay: 0 },
    ]);
    expect(opportunity).toBeUndefined();
    expect(others).toEqual([]);
  });

  it("compares at the rates that the average prompt of that traffic pays at each", () => {
    const listed = create(ModelPriceSchema, {
      input: 300_000_000n,
      output: 800_000_000n,
      longPrompt: [{ aboveTokens: 200_000, input: 900_000_000n, output: 1_600_000_000n }],
    });
    const stepped = { ...BASE, provider: "two", inputNanoUsd: 300_000_000n, listed, inputTokensPerDay: 0, outputTokensPerDay: 0 };
    const toStepped = (promptTokens: number) => findArbitrage([{ ...BASE, promptTokens }, stepped]);
    expect(toStepped(200_000)).toMatchObject([{ fromNanoUsdPerMillion: 620_000_000n, toNanoUsdPerMillion: 350_000_000n }]);
    expect(toStepped(200_001)).toEqual([]);
    const long = { ...stepped, inputTokensPerDay: 9e6, outputTokensPerDay: 1e6, promptTokens: 200_001 };
    const away = findArbitrage([long, { ...BASE, inputTokensPerDay: 0, outputTokensPerDay: 0 }]);
    expect(away).toMatchObject([{ fromNanoUsdPerMillion: 970_000_000n, toNanoUsdPerMillion: 620_000_000n }]);
  });

  it.each([
    ["another model of the class, as good", { quality: 0.78 }, 1],
    ["one that is too much worse", { quality: 0.76 }, 0],
    ["one of another tier", { tier: "efficient" }, 0],
    ["one that cannot do all", { capabilities: [] }, 0],
    ["one that can do more", { capabilities: ["vision", "tools"] }, 1],
    ["one that was hardly called", { calls: 19 }, 0],
    ["one that saves next to nothing", { inputNanoUsd: 595_000_000n }, 0],
    ["one that is dearer", { inputNanoUsd: 900_000_000n }, 0],
  ])("takes %s for what it is", (_, change, count) => {
    const other = { ...BASE, provider: "two", canonicalModel: "other", inputNanoUsd: 300_000_000n, ...change };
    const found = findArbitrage([BASE, other]).filter(({ from }) => from.provider === "one");
    expect(found.length).toBe(count);
    if (count === 1) expect(found[0]?.kind).toBe("same_class");
  });

  it("says what to mind", () => {
    const other = {
      ...BASE,
      provider: "two",
      canonicalModel: "other",
      quality: 0.79,
      cacheHitShare: 0.62,
      calls: 40,
      inputNanoUsd: 100_000_000n,
    };
    expect(findArbitrage([BASE, other])[0]?.caveats).toEqual([
      "It is another model: its quality is 0.79, that of the present one 0.80.",
      "Its price counts on 62 % of the prompts coming from its cache, as its present traffic does.",
      "The comparison rests on 40 calls only.",
    ]);
    const plain = { ...BASE, provider: "two", capabilities: [], inputNanoUsd: 100_000_000n };
    expect(findArbitrage([BASE, plain])[0]?.caveats).toEqual(["It is not offered there with tools."]);
  });

  it("lists only true savings, the largest first, and no more than asked for", () => {
    const anyPrice = fc.record({
      provider: fc.constantFrom("a", "b", "c", "d"),
      deployment: fc.constantFrom("", "eu", "us"),
      inputNanoUsd: fc.bigInt({ min: 0n, max: 10n ** 11n }),
      outputNanoUsd: fc.bigInt({ min: 0n, max: 10n ** 11n }),
      inputTokensPerDay: fc.nat({ max: 1e9 }),
      outputTokensPerDay: fc.nat({ max: 1e9 }),
    });
    fc.assert(
      fc.property(fc.array(anyPrice, { maxLength: 12 }), fc.integer({ min: 0, max: 5 }), (rows, limit) => {
        const prices = rows.map((row) => ({ ...BASE, ...row }));
        const found = findArbitrage(prices, { ...DEFAULT_ARBITRAGE, limit });
        expect(found.length).toBeLessThanOrEqual(limit);
        for (const { savingShare, savingNanoUsdPerMillion, from, to } of found) {
          expect(savingShare).toBeGreaterThanOrEqual(DEFAULT_ARBITRAGE.minSavingShare);
          expect(savingShare).toBeLessThanOrEqual(1);
          expect(savingNanoUsdPerMillion >= 0n).toBe(true);
          expect(from).not.toEqual(to);
        }
        const savings = found.map(({ monthlySavingNanoUsd }) => monthlySavingNanoUsd);
        expect(savings).toEqual(savings.toSorted((a, b) => Number(b - a)));
      }),
    );
  });
});
