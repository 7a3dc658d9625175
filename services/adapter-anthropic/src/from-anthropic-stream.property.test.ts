import { decodeBytes, eventBytes } from "@fairlead/adapter-kit/testing/decode-bytes";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import fc from "fast-check";
import { PLAIN_READING } from "./from-anthropic-block.ts";
import { fromAnthropicResponse } from "./from-anthropic-response.ts";
import { createAnthropicStream } from "./from-anthropic-stream.ts";
import { BLOCK_PREFIX } from "./open-block.ts";

interface Block {
  /** As it stands in a whole message. */
  readonly whole: object;
  /** As it begins in a stream. */
  readonly opening: object;
  readonly deltas: readonly object[];
}

const words = fc.string({ unit: fc.constantFrom("a", "é", "日", "😀", "\n", "\"", "\\", " "), minLength: 1, maxLength: 8 });
const pieces = fc.array(words, { minLength: 1, maxLength: 4 });
const joined = (list: readonly string[]) => list.join("");
const input = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof(words, fc.integer(), fc.constant(null)), { maxKeys: 3, noNullPrototype: true });

const text = pieces.map((list): Block => ({
  whole: { type: "text", text: joined(list), citations: null },
  opening: { type: "text", text: "" },
  deltas: list.map((part) => ({ type: "text_delta", text: part })),
}));

const cited = fc.tuple(pieces, fc.array(words, { maxLength: 3 })).map(([list, quotes]): Block => {
  const citations = quotes.map((cited_text) => ({ type: "char_location", cited_text }));
  const deltas = [...citations.map((citation) => ({ type: "citations_delta", citation })), ...list.map((part) => ({ type: "text_delta", text: part }))];
  return { whole: { type: "text", text: joined(list), citations }, opening: { type: "text", text: "", citations: [] }, deltas };
});

const thinking = fc.tuple(pieces, pieces).map(([list, signature]): Block => ({
  whole: { type: "thinking", thinking: joined(list), signature: joined(signature) },
  opening: { type: "thinking", thinking: "", signature: "" },
  deltas: [...list.map((part) => ({ type: "thinking_delta", thinking: part })), ...signature.map((part) => ({ type: "signature_delta", signature: part }))],
}));

const redacted = words.map((data): Block => ({ whole: { type: "redacted_thinking", data }, opening: { type: "redacted_thinking", data }, deltas: [] }));

const used = fc.tuple(fc.constantFrom("tool_use", "server_tool_use", "mcp_tool_use"), input, fc.nat(20)).map(([type, value, at]): Block => {
  const json = JSON.stringify(value);
  const fragments = Object.keys(value).length === 0 ? [""] : [json.slice(0, at), json.slice(at)];
  const head = { type, id: "t", name: "f", caller: { type: "direct" } };
  return { whole: { ...head, input: value }, opening: { ...head, input: {} }, deltas: fragments.map((partial_json) => ({ type: "input_json_delta", partial_json })) };
});

const result = input.map((content): Block => {
  const block = { type: "web_fetch_tool_result", tool_use_id: "t", content };
  return { whole: block, opening: block, deltas: [] };
});

const message = fc.record({
  blocks: fc.array(fc.oneof(text, cited, thinking, redacted, used, result), { maxLength: 7 }),
  reason: fc.constantFrom("end_turn", "tool_use", "refusal", "pause_turn", "something_new"),
  before: fc.nat(1_000),
  after: fc.nat(1_000),
  cached: fc.option(fc.nat(1_000), { nil: null }),
});

type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

function eventsOf({ blocks, reason, before, after, cached }: Message): object[] {
  const usage = { input_tokens: before, cache_read_input_tokens: cached, output_tokens: 1 };
  return [
    { type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "c", content: [], stop_reason: null, usage } },
    { type: "ping" },
    ...blocks.flatMap(({ opening, deltas }, index) => [
      { type: "content_block_start", index, content_block: opening },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason: reason, stop_sequence: null, container: { id: "c" } }, usage: { output_tokens: after } },
    { type: "message_stop" },
  ];
}

function wholeOf({ blocks, reason, before, after, cached }: Message): object {
  const usage = { input_tokens: before, cache_read_input_tokens: cached, output_tokens: after };
  return { id: "m", type: "message", role: "assistant", model: "c", content: blocks.map(({ whole }) => whole), stop_reason: reason, container: { id: "c" }, usage };
}

const decode = (bytes: Uint8Array, cuts: readonly number[] = []) => decodeBytes(createAnthropicStream(PLAIN_READING, () => 0), bytes, cuts);

describe("any stream of Anthropic", () => {
  it("says the same however its bytes are cut, and the same as the whole message", () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    const property = fc.property(message, places, fc.constantFrom("\n", "\r\n"), (given, shares, separator) => {
      const bytes = eventBytes(eventsOf(given), separator);
      const uncut = decode(bytes);
      expect(decode(bytes, shares.map((share) => Math.floor(share * bytes.length)))).toEqual(uncut);
      expect(gatherAnswer(uncut, BLOCK_PREFIX)).toEqual(plainAnswer(fromAnthropicResponse(wholeOf(given), [], PLAIN_READING, 0)));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("fails wherever it is cut off", () => {
    const property = fc.property(message, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (given, share) => {
      const bytes = eventBytes(eventsOf(given));
      // Without its closing lines alone the last event is still complete.
      const end = Math.floor(share * (bytes.length - 2));
      expect(() => decode(bytes.subarray(0, end))).toThrow(expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER }));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("ends once at most, whatever events come in whatever order", () => {
    const junk = fc.oneof(fc.jsonValue(), fc.record({ type: fc.constantFrom("content_block_start", "content_block_delta", "message_delta", "message_stop", "message_start", "later"), delta: fc.jsonValue(), content_block: fc.jsonValue(), message: fc.jsonValue(), usage: fc.jsonValue() }));
    const pool = message.chain((given) => fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...eventsOf(given)) }, { weight: 1, arbitrary: junk as fc.Arbitrary<object> }), { maxLength: 30 }));
    const property = fc.property(pool, (events) => {
      const stream = createAnthropicStream(PLAIN_READING, () => 0);
      const deltas: ReturnType<typeof decode> = [];
      try {
        for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
      } catch (error) {
        expect(error).toBeInstanceOf(FairleadError);
      }
      for (const kind of ["started", "finished", "usage"]) expect(deltas.filter(({ step }) => step.case === kind).length).toBeLessThan(2);
      if (stream.done) expect(["finished", "usage"]).toContain(deltas.at(-1)?.step.case);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
