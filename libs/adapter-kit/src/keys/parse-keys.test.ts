import { MAX_KEYS, parseKeyFile, parseKeys } from "./parse-keys.ts";

const NOT_A_KEY = "is not a key: printable ASCII without spaces, 1,024 characters at most";

describe("keys in a variable", () => {
  it.each([
    ["", []],
    [" , ", []],
    ["a", ["a"]],
    ["a,b c\td", ["a", "b", "c", "d"]],
    [" a, b ,a ", ["a", "b"]],
    ["a\r\nb\n\n", ["a", "b"]],
  ])("%j are %j", (text, keys) => {
    expect(parseKeys(text)).toEqual({ keys });
  });

  it.each([
    ["ключ", `key 1 ${NOT_A_KEY}`],
    ["a,b\u0000", `key 2 ${NOT_A_KEY}`],
    ["a\r\nx: y", `line 2 ${NOT_A_KEY}`],
    ["k".repeat(1_025), `key 1 ${NOT_A_KEY}`],
    [Array.from({ length: MAX_KEYS + 1 }, (_, index) => `k${index}`).join(), "there are more than 64 keys"],
  ])("%.12j are refused without their text", (text, problem) => {
    expect(parseKeys(text)).toEqual({ problem });
  });
});

describe("keys in a file", () => {
  it.each([
    ["", []],
    ["\n \n", []],
    ["\ufeffa\r\n b \r\n", ["a", "b"]],
    ["a,b\n", ["a,b"]],
    ['["a", "b"]\n', ["a", "b"]],
    ["[]", []],
  ])("%j are %j", (text, keys) => {
    expect(parseKeyFile(text)).toEqual({ keys });
  });

  it.each([
    ["a\nb c", `line 2 ${NOT_A_KEY}`],
    ['["a", 1]', `key 2 ${NOT_A_KEY}`],
    ['["a\\r\\nb"]', `key 1 ${NOT_A_KEY}`],
    ['["secret"', "it is not a JSON list"],
    ['["a"] x', "it is not a JSON list"],
  ])("%j are refused without their text", (text, problem) => {
    expect(parseKeyFile(text)).toEqual({ problem });
  });
});
