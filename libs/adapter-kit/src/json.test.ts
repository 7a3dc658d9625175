import { parseJson } from "./json.ts";

const nested = (open: string, close: string, levels: number) => `${open.repeat(levels)}${close.repeat(levels)}`;

describe("parsing JSON of providers", () => {
  it.each([
    ['{"a":[1,"x"]}', { a: [1, "x"] }],
    ["\ufeff[]", []],
    ["{", undefined],
    ["", undefined],
    ["NaN", undefined],
  ])("makes %j %j", (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it("takes 512 levels and no more", () => {
    expect(parseJson(nested("[", "]", 512))).toBeDefined();
    expect(parseJson(nested("[", "]", 513))).toBeUndefined();
    expect(parseJson(`${'{"a":'.repeat(513)}1${"}".repeat(513)}`)).toBeUndefined();
    expect(parseJson(`[${"[],{},".repeat(2_000)}1]`)).toHaveLength(4_001);
  });

  it.each([
    ["brackets", "[{".repeat(1_000)],
    ["quotes before brackets", `"${"[".repeat(1_000)}`],
    ["backslashes before the end", `${"[".repeat(1_000)}\\`],
    ["backslashes and quotes", `\\"[\\\\"${"{".repeat(1_000)}`],
  ])("counts no %s of a text as levels", (_what, text) => {
    expect(parseJson(JSON.stringify({ text, more: [text] }))).toEqual({ text, more: [text] });
  });
});
