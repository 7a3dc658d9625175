import { decodeBytes, eventBytes } from "@fairlead/adapter-kit/testing/decode-bytes";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import fc from "fast-check";
import { OPENAI_FLAVOR } from "../flavor.ts";
import { createChatStream } from "./from-chat-stream.ts";

const RUNS = { numRuns: 150 };
const DONE = new TextEncoder().encode("data: [DONE]\n\n");
const decoder = () => createChatStream({ flavor: OPENAI_FLAVOR, now: () => 0 });

const words = fc.string({ unit: "grapheme", maxLength: 6 });
const chunkOf = (choice: object) => ({ id: "c", model: "m", created: 1, choices: [choice] });

const delta = fc.oneof(
  words.map((content) => ({ content })),
  words.map((reasoning_content) => ({ reasoning_content })),
  words.map((refusal) => ({ refusal })),
  fc.record({ tool_calls: fc.array(fc.record({ index: fc.nat(2), id: fc.constantFrom("a", "b"), function: fc.record({ name: fc.constant("f"), arguments: words }) }), { maxLength: 2 }) }),
  fc.record({ annotations: fc.array(fc.record({ url: words }), { maxLength: 2 }) }),
);

/** A whole stream: pieces of up to two choices, each ended once, and what was used. */
const chunks = fc
  .record({ pieces: fc.array(fc.record({ index: fc.nat(1), delta }), { maxLength: 12 }), usage: fc.boolean() })
  .map(({ pieces, usage }) => {
    const places = new Set([0, ...pieces.map(({ index }) => index)]);
    const ends = [...places].map((index) => chunkOf({ index, delta: {}, finish_reason: "stop" }));
    const counts = usage ? [{ id: "c", choices: null, usage: { prompt_tokens: 1, completion_tokens: 2 } }] : [];
    return [...pieces.map((piece) => chunkOf(piece)), ...ends, ...counts];
  });

const streamBytes = chunks.map((events) => Buffer.concat([eventBytes(events), DONE]));

const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });

describe("any stream of chat completions", () => {
  it("means the same however its bytes are cut", () => {
    fc.assert(
      fc.property(streamBytes, fc.array(fc.nat(5_000), { maxLength: 40 }), (bytes, cuts) => {
        const whole = decodeBytes(decoder(), bytes);
        const places = cuts.map((cut) => cut % bytes.length);
        expect(decodeBytes(decoder(), bytes, places)).toEqual(whole);
      }),
      RUNS,
    );
  });

  it("fails wherever it is cut off", () => {
    fc.assert(
      fc.property(streamBytes, fc.nat(100_000), (bytes, at) => {
        // The mark of the end counts without the blank line after it.
        const cut = bytes.subarray(0, at % (bytes.length - 2));
        expect(() => decodeBytes(decoder(), cut)).toThrow(malformed);
      }),
      RUNS,
    );
  });

  it("never ends a choice or the answer twice, whatever comes in which order", () => {
    const anything = fc.oneof(
      fc.record({ index: fc.nat(2), delta, finish_reason: fc.constantFrom(null, "stop", "length") }).map(chunkOf),
      fc.constant({ id: "c", choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
      fc.constant("[DONE]"),
      fc.jsonValue().map((value) => value ?? {}),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (events) => {
        const stream = decoder();
        const deltas: ChatDelta[] = [];
        try {
          for (const event of events) {
            const data = typeof event === "string" ? event : JSON.stringify(event);
            stream.push({ data, id: undefined, event: undefined }, deltas);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FairleadError);
        }
        const ended = deltas.filter(({ step }) => step.case === "finished").map(({ choiceIndex }) => choiceIndex);
        expect(new Set(ended).size).toBe(ended.length);
        expect(deltas.filter(({ step }) => step.case === "usage").length).toBeLessThanOrEqual(1);
        expect(deltas.filter(({ step }) => step.case === "started").length).toBeLessThanOrEqual(1);
        for (const index of new Set(ended)) {
          const after = deltas.slice(deltas.findIndex(({ step, choiceIndex }) => step.case === "finished" && choiceIndex === index) + 1);
          expect(after.filter(({ choiceIndex, step }) => choiceIndex === index && step.case !== "usage" && step.case !== "extraField")).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});
