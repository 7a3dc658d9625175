import { snapshotBase } from "./snapshot-of.ts";

describe("the base of a snapshot", () => {
  it.each([
    ["gpt-4o-2024-11-20", "gpt-4o"],
    ["openai/gpt-4o-2024-11-20", "openai/gpt-4o"],
    ["gpt-5.2-2025-12-11", "gpt-5.2"],
    ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["claude-sonnet-4-5-latest", "claude-sonnet-4-5"],
    ["gemini-2.5-flash-preview-05-20", "gemini-2.5-flash"],
    ["gemini-2.5-flash-lite-preview-09-2025", "gemini-2.5-flash-lite"],
    ["gpt-4o-audio-preview-2024-12-17", "gpt-4o-audio-preview"],
  ])("of %s is %s", (name, base) => {
    expect(snapshotBase(name)).toBe(base);
  });

  it.each([
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4-0613",
    "gpt-4-1106-preview",
    "gemini-3-pro-preview",
    "gemini-2.0-flash-001",
    "claude-sonnet-4-5",
    "model-12345678",
    "model-2024-13-01",
    "model-2024-02-40",
    "latest",
    "-latest",
    "openai/-latest",
    "gpt-4o-2024-11-20-mini",
    "",
  ])("is not there for %j", (name) => {
    expect(snapshotBase(name)).toBeUndefined();
  });

  it("takes one ending off", () => {
    expect(snapshotBase("m-20250101-latest")).toBe("m-20250101");
  });

  it("takes no time for a name made to take long", () => {
    const started = performance.now();
    expect(snapshotBase("-2024-11-2".repeat(20_000))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(100);
  });
});
