import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import fc from "fast-check";
import { createLineDecoder } from "./line-decoder.ts";

function decode(bytes: Uint8Array, cuts: readonly number[], end = true): string[] {
  const lines: string[] = [];
  const decoder = createLineDecoder(({ data }) => void lines.push(data));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let index = 1; index < places.length; index++) decoder.feed(bytes.subarray(places[index - 1], places[index]));
  if (end) decoder.end();
  return lines;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("the line decoder", () => {
  it.each<[string, Uint8Array, string[]]>([
    ["plain", utf8("{\"a\":1}\n{\"b\":2}\n"), ["{\"a\":1}", "{\"b\":2}"]],
    ["with CRLF", utf8("a\r\nb\r\n"), ["a", "b"]],
    ["with empty lines between", utf8("a\n\n \r\nb\n"), ["a", "b"]],
    ["with a byte order mark", utf8("\ufeffa\n"), ["a"]],
    ["without a final newline", utf8("a\nb"), ["a", "b"]],
    ["with characters of several bytes", utf8("Grüße 👋\n"), ["Grüße 👋"]],
    ["with bytes that are no UTF-8", Uint8Array.of(0x61, 0xff, 0x62, 0x0a, 0xe2, 0x82), ["a\ufffdb", "\ufffd"]],
  ])("takes lines %s, cut anywhere", (_name, bytes, expected) => {
    fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => expect(decode(bytes, cuts)).toEqual(expected)));
    expect(decode(bytes, [...bytes.keys()])).toEqual(expected);
  });

  it("hands on a line as soon as its newline is there, and the last at the end", () => {
    expect(decode(utf8("a\nb"), [], false)).toEqual(["a"]);
  });

  it("refuses a line that never ends, and one that is too long", () => {
    const decoder = createLineDecoder(() => undefined, 1_000);
    const endless = () => {
      for (let turn = 0; turn < 100; turn++) decoder.feed(utf8("x".repeat(100)));
    };
    expect(endless).toThrow(malformed);
    expect(() => createLineDecoder(() => undefined, 1_000).feed(utf8(`${"x".repeat(1_001)}\n`))).toThrow(malformed);
  });
});
