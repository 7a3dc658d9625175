import { decodeBytes, eventBytes } from "@fairlead/adapter-kit/testing/decode-bytes";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import fc from "fast-check";
import { fromGoogleResponse } from "./from-google-response.ts";
import { createGoogleStream, PART_PREFIX } from "./from-google-stream.ts";

const words = fc.string({ unit: fc.constantFrom("a", "é", "日", "😀", "\n", "\"", "\\", " "), maxLength: 8 });
const signature = fc.option(fc.constantFrom("s1", "s2=="), { nil: undefined });
const signed = (part: object, thoughtSignature: string | undefined) => (thoughtSignature === undefined ? part : { ...part, thoughtSignature });
const args = fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(words, fc.integer(), fc.constant(null)), { maxKeys: 2, noNullPrototype: true });

const part = fc.oneof(
  fc.tuple(words, signature).map(([text, seal]) => signed({ text }, seal)),
  fc.tuple(words, signature).map(([text, seal]) => signed({ text, thought: true }, seal)),
  fc.tuple(args, signature).map(([value, seal]) => signed({ functionCall: { id: "c", name: "f", args: value } }, seal)),
  fc.tuple(words, signature).map(([code, seal]) => signed({ executableCode: { language: "PYTHON", code } }, seal)),
  fc.constant({ inlineData: { mimeType: "image/png", data: "iVBORw==" } }),
);

const answer = fc.record({
  events: fc.array(fc.array(part, { maxLength: 3 }), { minLength: 1, maxLength: 5 }),
  reason: fc.constantFrom("STOP", "MAX_TOKENS", "SAFETY", "LANGUAGE", "SOMETHING_NEW"),
  counts: fc.record({ promptTokenCount: fc.nat(500), candidatesTokenCount: fc.nat(500), thoughtsTokenCount: fc.nat(500) }),
});

type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

const head = { responseId: "r", modelVersion: "g" };

function eventsOf({ events, reason, counts }: Answer): object[] {
  return events.map((parts, index) => {
    const last = index === events.length - 1;
    const candidate = { content: { parts, role: "model" }, index: 0, ...(last ? { finishReason: reason, avgLogprobs: -1 } : {}) };
    return { candidates: [candidate], usageMetadata: last ? counts : { promptTokenCount: counts.promptTokenCount }, ...head };
  });
}

function wholeOf({ events, reason, counts }: Answer): object {
  return { candidates: [{ content: { parts: events.flat(), role: "model" }, finishReason: reason, avgLogprobs: -1, index: 0 }], usageMetadata: counts, ...head };
}

const newId = () => "new";
const decode = (bytes: Uint8Array, cuts: readonly number[] = []) => decodeBytes(createGoogleStream(() => 0, newId), bytes, cuts);

describe("any stream of Gemini", () => {
  it("says the same however its bytes are cut, and the same as the whole answer", () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    const property = fc.property(answer, places, fc.constantFrom("\n", "\r\n"), (given, shares, separator) => {
      const bytes = eventBytes(eventsOf(given), separator);
      const uncut = decode(bytes);
      expect(decode(bytes, shares.map((share) => Math.floor(share * bytes.length)))).toEqual(uncut);
      expect(gatherAnswer(uncut, PART_PREFIX)).toEqual(plainAnswer(fromGoogleResponse(wholeOf(given), [], { now: 0, newId })));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("fails wherever it is cut off before the reason of its end", () => {
    const property = fc.property(answer, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (given, share) => {
      const bytes = eventBytes(eventsOf(given));
      // Without its closing lines alone the last event is still complete.
      const end = Math.floor(share * (bytes.length - 2));
      expect(() => decode(bytes.subarray(0, end))).toThrow(expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER }));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("ends each answer once at most, whatever events come in whatever order", () => {
    const junk = fc.record({ candidates: fc.jsonValue(), promptFeedback: fc.jsonValue(), usageMetadata: fc.jsonValue(), error: fc.option(fc.jsonValue(), { freq: 20 }) });
    const pool = answer.chain((given) => fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...eventsOf(given)) }, { weight: 1, arbitrary: junk as fc.Arbitrary<object> }), { maxLength: 20 }));
    const property = fc.property(pool, (events) => {
      const stream = createGoogleStream(() => 0, newId);
      const deltas: ReturnType<typeof decode> = [];
      try {
        for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
        stream.end(deltas);
        const ended = deltas.length;
        for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
        expect(deltas).toHaveLength(ended);
      } catch (error) {
        expect(error).toBeInstanceOf(FairleadError);
      }
      const ends = deltas.filter(({ step }) => step.case === "finished").map(({ choiceIndex }) => choiceIndex);
      expect(new Set(ends).size).toBe(ends.length);
      for (const kind of ["started", "usage"]) expect(deltas.filter(({ step }) => step.case === kind).length).toBeLessThan(2);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
