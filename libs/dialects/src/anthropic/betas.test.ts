import { readBetas } from "./betas.ts";

describe("the features that a header names", () => {
  it.each([
    [undefined, []],
    ["", []],
    ["a-2025", ["a-2025"]],
    ["a-2025, b-2026,,a-2025 ", ["a-2025", "b-2026"]],
    [["a-2025", "b-2026,c-2026"], ["a-2025", "b-2026", "c-2026"]],
  ])("%j are %j", (header, names) => {
    expect(readBetas(header)).toEqual({ kind: "ok", value: names });
  });

  it.each([Array.from({ length: 33 }, (_, index) => `b${index}`).join(","), "b".repeat(129)])("are refused where they are too many or too long", (header) => {
    expect(readBetas(header)).toMatchObject({ kind: "invalid", violations: [{ field: "anthropic-beta", rule: "max" }] });
  });
});
