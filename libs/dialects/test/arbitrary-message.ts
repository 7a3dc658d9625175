import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { type ChatResponse, ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import fc from "fast-check";
import { call, delta, finished, fragment, reasoning, sealed, started, text } from "./delta.ts";

type PartInit = MessageInitShape<typeof PartSchema>;

/** A piece of an answer as it is streamed and as it is whole. */
interface Piece {
  readonly deltas: (calls: number) => ChatDelta[];
  readonly part: PartInit;
  /** Texts without anything of their own become one with their neighbours, unless a step says that another begins. */
  readonly text: "plain" | "apart" | undefined;
}

const DIALECT = "anthropic.messages";
const field = (name: string, value: JsonValue) => ({ dialect: DIALECT, name, value: fromJson(ValueSchema, value) });
const extra = (name: string, value: JsonValue) => delta({ case: "extraField", value: field(name, value) });

const words = fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).map((value) => value.toWellFormed());
const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minKeys: 1, maxKeys: 3 });

const plain = fc.array(words, { minLength: 1, maxLength: 3 }).map((texts): Piece => ({
  deltas: () => texts.map((one) => text(one)),
  part: { content: { case: "text", value: { text: texts.join("") } } },
  text: "plain",
}));

const cited = fc.tuple(words, fc.array(json, { minLength: 1, maxLength: 2 })).map(([said, citations]): Piece => ({
  deltas: () => [...citations.map((citation) => extra("content_block.citations", [citation])), text(said)],
  part: { content: { case: "text", value: { text: said } }, extraFields: [field("citations", citations)] },
  text: "apart",
}));

const thought = fc.tuple(words, fc.boolean()).map(([said, hidden]): Piece => ({
  deltas: () => (hidden ? [sealed("Red==", true)] : [reasoning(said), sealed("Sig==")]),
  part: {
    content: { case: "reasoning", value: { text: hidden ? "" : said, signature: new TextEncoder().encode(hidden ? "Red==" : "Sig=="), redacted: hidden, provider: "anthropic" } },
  },
  text: undefined,
}));

const used = fc.tuple(json, fc.option(json, { nil: undefined }), fc.nat({ max: 4 })).map(([input, caller, cut]): Piece => {
  const written = JSON.stringify(input);
  const pieces = [written.slice(0, cut), written.slice(cut)].filter((piece) => piece !== "");
  return {
    deltas: (calls) => [
      call(calls, "f"),
      ...(caller === undefined ? [] : [extra("content_block.caller", caller)]),
      ...pieces.map((piece) => fragment(calls, piece)),
    ],
    part: {
      content: { case: "toolCall", value: { id: "", name: "f", argumentsJson: written } },
      extraFields: caller === undefined ? [] : [field("caller", caller)],
    },
    text: undefined,
  };
});

const foreign = fc
  .tuple(fc.constantFrom("server_tool_use", "mcp_tool_use", "web_search_tool_result", "compaction"), json)
  .map(([type, body]): Piece => {
    const value = fromJson(ValueSchema, type.endsWith("use") ? { type, id: "s", input: body } : { type, content: [body] });
    const part: PartInit = { content: { case: "foreign", value: { dialect: DIALECT, value } } };
    return { deltas: () => [delta({ case: "part", value: part })], part, text: undefined };
  });

const told = fc.subarray([
  field("stop_sequence", "END"),
  field("container", { id: "c" }),
  field("context_management", { applied_edits: [] }),
  field("usage.service_tier", "standard"),
  field("usage.server_tool_use", { web_search_requests: 1 }),
]);

/** An answer of Anthropic as it is streamed and as it is whole. */
export const arbitraryMessage: fc.Arbitrary<{ readonly deltas: ChatDelta[]; readonly chat: ChatResponse }> = fc
  .tuple(fc.array(fc.oneof(plain, cited, thought, used, foreign), { maxLength: 6 }), told)
  .map(([all, fields]) => {
    const pieces = all.filter(({ text: kind }, at) => kind !== "plain" || all[at - 1]?.text !== "plain");
    let calls = 0;
    const deltas = pieces.flatMap((piece, at) => {
      const before = pieces[at - 1]?.text;
      const begins = piece.text !== undefined && before !== undefined ? [extra("content_block.type", "text")] : [];
      return [...begins, ...piece.deltas(piece.part.content?.case === "toolCall" ? calls++ : calls)];
    });
    const usage = { inputTokens: 3, outputTokens: 5 };
    const parts = pieces.map(({ part }) => part);
    let index = 0;
    const named = parts.map((part): PartInit =>
      part.content?.case === "toolCall" ? { ...part, content: { case: "toolCall", value: { ...part.content.value, id: `call_${index++}` } as never } } : part,
    );
    return {
      deltas: [
        started("id-1"),
        ...deltas,
        ...fields.map((one) => delta({ case: "extraField", value: one })),
        finished(FinishReason.STOP),
        delta({ case: "usage", value: usage }),
      ],
      chat: create(ChatResponseSchema, {
        id: "id-1",
        model: "m-1",
        choices: [{ parts: named, finishReason: FinishReason.STOP }],
        usage,
        extraFields: fields,
      }),
    };
  });
