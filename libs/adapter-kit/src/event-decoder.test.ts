import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import fc from "fast-check";
import { createEventDecoder } from "./event-decoder.ts";

function decode(bytes: Uint8Array, cuts: readonly number[], end = true) {
  const events: { event: string | undefined; data: string }[] = [];
  const decoder = createEventDecoder(({ event, data }) => void events.push({ event, data }));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let index = 1; index < places.length; index++) decoder.feed(bytes.subarray(places[index - 1], places[index]));
  if (end) decoder.end();
  return events;
}

describe("the event decoder", () => {
  it.each([
    ["plain", "data: a\n\ndata: b\n\n", ["a", "b"]],
    ["with names, comments and ids", ": ping\nevent: x\nid: 7\ndata: a\n\n", ["a"]],
    ["with CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["with several data lines", "data: a\ndata: b\n\n", ["a\nb"]],
    ["without a space", "data:a\n\n", ["a"]],
    ["with a byte order mark", "\ufeffdata: a\n\n", ["a"]],
    ["without a final newline", "data: a\n\ndata: b", ["a", "b"]],
    ["with characters of several bytes", "data: Grüße 👋\n\n", ["Grüße 👋"]],
  ])("takes events %s, cut anywhere", (_name, text, expected) => {
    const bytes = new TextEncoder().encode(text);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
        expect(decode(bytes, cuts).map(({ data }) => data)).toEqual(expected);
      }),
    );
    expect(decode(bytes, [...bytes.keys()]).map(({ data }) => data)).toEqual(expected);
  });

  it("hands on an event as soon as its blank line is there", () => {
    expect(decode(new TextEncoder().encode("data: a\n\ndata: b"), [], false)).toEqual([{ event: undefined, data: "a" }]);
  });

  it("refuses an event that never ends", () => {
    const decoder = createEventDecoder(() => undefined, 1_000);
    const endless = () => {
      for (let turn = 0; turn < 100; turn++) decoder.feed(new TextEncoder().encode(turn === 0 ? "data: " : "x".repeat(100)));
    };
    expect(endless).toThrow(expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER }));
  });
});
