import { decodeBytes, eventBytes } from "@fairlead/adapter-kit/testing/decode-bytes";
import { gatherAnswer, plainAnswer } from "@fairlead/adapter-kit/testing/gather-answer";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import fc from "fast-check";
import { fromResponse } from "./from-response.ts";
import { createResponsesStream } from "./from-responses-stream.ts";

const RUNS = { numRuns: 150 };
const maker = { provider: "openai", deployment: "d" };
const decoder = () => createResponsesStream({ ...maker, now: () => 0 });
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });

/** An item, how much of it comes in fragments, and whether its end is told apart. */
interface Said {
  readonly item: Record<string, any>;
  readonly fragments: boolean;
  readonly told: boolean;
}

const item: fc.Arbitrary<Record<string, any>> = fc.oneof(
  words.map((text) => ({ type: "message", content: [{ type: "output_text", text }] })),
  words.map((refusal) => ({ type: "message", content: [{ type: "refusal", refusal }] })),
  fc.record({ type: fc.constant("function_call"), call_id: words, name: words, arguments: fc.constantFrom("{}", '{"a":1}') }),
  words.map((encrypted_content) => ({ type: "reasoning", id: "rs", summary: [], encrypted_content })),
  words.map((query) => ({ type: "web_search_call", action: { query } })),
);

const said = fc.array(fc.record({ item, fragments: fc.boolean(), told: fc.boolean() }), { maxLength: 6 });

const head = { id: "resp_1", model: "m", created_at: 5 };
const whole = (items: readonly Said[]) => ({ ...head, status: "completed", service_tier: "default", output: items.map((one) => one.item), usage: { input_tokens: 3, output_tokens: 4 } });

function eventsOf(items: readonly Said[]): object[] {
  const response = whole(items);
  return [
    { type: "response.created", response: { ...head, status: "in_progress", output: [] } },
    ...items.flatMap(itemEvents),
    { type: "response.completed", response },
  ];
}

function itemEvents({ item, fragments, told }: Said, output_index: number): object[] {
  const place = { output_index, content_index: 0 };
  const opened = { ...item, ...(item["type"] === "function_call" ? { arguments: "" } : {}), ...(item["type"] === "message" ? { content: [] } : {}) };
  const block = item["content"]?.[0];
  const text = item["arguments"] ?? block?.text ?? block?.refusal ?? "";
  const kind = item["type"] === "function_call" ? "function_call_arguments" : block?.type;
  const deltas = fragments && kind !== undefined ? [...text].map((delta) => ({ type: `response.${kind}.delta`, ...place, delta })) : [];
  const done = kind === "function_call_arguments" ? { arguments: text } : { text };
  const ends = told && kind !== undefined ? [{ type: `response.${kind}.done`, ...place, ...done }] : [];
  return [
    { type: "response.output_item.added", output_index, item: opened },
    ...deltas,
    ...ends,
    { type: "response.output_item.done", output_index, item },
  ];
}

describe("any stream of the Responses API", () => {
  it("means the same however its bytes are cut", () => {
    fc.assert(
      fc.property(said, fc.array(fc.nat(10_000), { maxLength: 40 }), (items, cuts) => {
        const bytes = eventBytes(eventsOf(items));
        const places = cuts.map((cut) => cut % bytes.length);
        expect(decodeBytes(decoder(), bytes, places)).toEqual(decodeBytes(decoder(), bytes));
      }),
      RUNS,
    );
  });

  it("builds the answer that is told in one piece, whether its items come in fragments or as a whole", () => {
    // Two messages in a row are one in a stream, which knows no boundary there.
    const apart = said.map((items) => items.filter(({ item }, at) => item["type"] !== "message" || items[at - 1]?.item["type"] !== "message"));
    fc.assert(
      fc.property(apart, (items) => {
        const answer = plainAnswer(fromResponse(whole(items), { ...maker, adaptations: [], now: () => 0 }));
        const gathered = gatherAnswer(decodeBytes(decoder(), eventBytes(eventsOf(items))), "part.");
        const choice = answer.choices[0];
        const named = choice && { ...choice, extras: { "response.service_tier": "default" } };
        expect(gathered).toEqual({ ...answer, choices: { 0: named } });
      }),
      RUNS,
    );
  });

  it("fails wherever it is cut off", () => {
    const malformed = expect.objectContaining({ code: ErrorCode.MALFORMED_ANSWER });
    fc.assert(
      fc.property(said, fc.nat(100_000), (items, at) => {
        const bytes = eventBytes(eventsOf(items));
        // The last event counts without the blank line after it.
        expect(() => decodeBytes(decoder(), bytes.subarray(0, at % (bytes.length - 2)))).toThrow(malformed);
      }),
      RUNS,
    );
  });

  it("never ends twice, whatever comes in which order", () => {
    const anything = fc.oneof(
      said.chain((items) => fc.constantFrom(...eventsOf(items))),
      fc.constantFrom("completed", "incomplete", "failed", "created").map((status) => ({ type: `response.${status}`, response: { ...head, output: [] } })),
      fc.constant({ type: "error", error: { type: "server_error" } }),
      fc.jsonValue().map((value) => ({ type: "response.output_item.done", output_index: 1, item: value })),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (events) => {
        const stream = decoder();
        const deltas: ChatDelta[] = [];
        try {
          for (const event of events) stream.push({ data: JSON.stringify(event), id: undefined, event: undefined }, deltas);
        } catch (error) {
          expect(error).toBeInstanceOf(FairleadError);
        }
        const cases = deltas.map(({ step }) => step.case);
        expect(cases.filter((name) => name === "finished").length).toBe(stream.done ? 1 : 0);
        if (stream.done) expect(cases.slice(cases.indexOf("finished") + 1).filter((name) => name !== "usage")).toEqual([]);
        expect(cases.filter((name) => name === "started").length).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });
});
