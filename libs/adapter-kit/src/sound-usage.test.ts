import { soundUsage } from "./sound-usage.ts";
import { tokenUsage } from "./token-usage.ts";

const worked = tokenUsage({ inputTokens: 7, outputTokens: 9, estimated: true });

const fails = () => {
  throw new Error("Nothing needs to be worked out.");
};

describe("usage that a provider tells", () => {
  it("stays the same object, and nothing is worked out, where it may be true", () => {
    const told = tokenUsage({ cacheReadTokens: 900_000, outputTokens: 1, reasoningTokens: 30_000 });
    expect(soundUsage(told, fails)).toBe(told);
  });

  it("loses the side that cannot be true to an estimate", () => {
    const noPrompt = tokenUsage({ outputTokens: 5, reasoningTokens: 2 });
    expect(soundUsage(noPrompt, () => worked)).toEqual(tokenUsage({ inputTokens: 7, outputTokens: 5, reasoningTokens: 2, estimated: true }));
    const endless = tokenUsage({ inputTokens: 3, cacheReadTokens: 4, outputTokens: 1_000_000_000 });
    expect(soundUsage(endless, () => worked)).toEqual(tokenUsage({ inputTokens: 3, cacheReadTokens: 4, outputTokens: 9, estimated: true }));
    expect(soundUsage(tokenUsage({}), () => worked)).toEqual(worked);
  });

  it("may be of no tokens for an answer that holds nothing", () => {
    const told = tokenUsage({ inputTokens: 3 });
    expect(soundUsage(told, () => tokenUsage({ inputTokens: 7, estimated: true }))).toBe(told);
  });
});
