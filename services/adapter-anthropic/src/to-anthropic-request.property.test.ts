import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import fc from "fast-check";
import { loadAnthropicModels } from "./models.ts";
import { toAnthropicRequest } from "./to-anthropic-request.ts";

type Loose = Record<string, any>;

/** A part, and what must be found of it in the body, wherever its block stands. */
interface Said {
  readonly part: MessageInitShape<typeof PartSchema>;
  readonly found: unknown;
}

const models = loadAnthropicModels();
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "" && text === text.trim());
const bytes = (head: readonly number[]) => fc.uint8Array({ maxLength: 6 }).map((rest) => new Uint8Array([...head, ...rest]));
const base64 = (value: Uint8Array) => Buffer.from(value).toString("base64");
const object = fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(words, fc.integer(), fc.boolean()), { noNullPrototype: true });
const value = (json: unknown) => fromJson(ValueSchema, json as JsonValue);

const text = words.map((said): Said => ({ part: { content: { case: "text", value: { text: said } } }, found: ["text", said] }));
const picture = bytes([0x89, 0x50, 0x4e, 0x47]).map((inline): Said => ({
  part: { content: { case: "image", value: { source: { location: { case: "inline", value: inline }, mimeType: "image/gif" } } } },
  found: ["image", "image/png", base64(inline)],
}));
const document = fc.tuple(bytes([0x25, 0x50, 0x44, 0x46]), words).map(([inline, filename]): Said => ({
  part: { content: { case: "file", value: { source: { location: { case: "inline", value: inline } }, filename } } },
  found: ["document", filename, base64(inline)],
}));
const address = fc.webUrl().map((url): Said => ({ part: { content: { case: "image", value: { source: { location: { case: "url", value: url } } } } }, found: ["image", url] }));
const foreign = object.map((fields): Said => {
  const block = { ...fields, type: "container_upload" };
  return { part: { content: { case: "foreign", value: { dialect: "anthropic.messages", value: value(block) } } }, found: ["foreign", block] };
});
const cited = fc.tuple(words, object).map(([said, citation]): Said => ({
  part: { content: { case: "text", value: { text: said } }, extraFields: [{ dialect: "anthropic.messages", name: "citations", value: value([citation]) }] },
  found: ["text", said, [citation]],
}));
const thought = fc.tuple(words, words, fc.boolean()).map(([said, signature, redacted]): Said => ({
  part: { content: { case: "reasoning", value: { text: redacted ? "" : said, signature: stateToBytes(signature), redacted, provider: "anthropic" } } },
  found: redacted ? ["redacted", signature] : ["thinking", said, signature],
}));

/** Calls with any ids and their results, in any order. */
const calls = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), object, words), { minLength: 1, maxLength: 3, selector: ([id]) => id }).map((list) => ({
  made: list.map(([id, input], index): Said => ({
    part: { content: { case: "toolCall", value: { id, name: `f${index}`, argumentsJson: JSON.stringify(input) } } },
    found: ["call", `f${index}`, input],
  })),
  answered: list.map(([toolCallId, , said], index): Said => ({
    part: { content: { case: "toolResult", value: { toolCallId, content: [{ content: { case: "text", value: { text: said } } }], isError: index === 1 } } },
    found: ["result", `f${index}`, [["text", said]], index === 1],
  })),
}));

const userTurn = fc.array(fc.oneof(text, picture, document, address, foreign), { minLength: 1, maxLength: 4 });
const modelTurn = fc.array(fc.oneof(thought, text, cited, foreign), { minLength: 1, maxLength: 4 });
const round = fc.record({ asked: userTurn, said: modelTurn, calls });

const partsOf = (list: readonly Said[]) => list.map(({ part }) => part);
const foundOf = (role: string, list: readonly Said[]) => list.map(({ found }) => [role, found]);

/** Reads a body as Anthropic would: what is said by whom, with results told by the call that their id names. */
function readBody(body: Loose): unknown[] {
  const names = new Map<string, string>();
  const read = (block: Loose): unknown => {
    const { source } = block;
    switch (block["type"]) {
      case "text":
        return block["citations"] === undefined ? ["text", block["text"]] : ["text", block["text"], block["citations"]];
      case "image":
        return source.type === "url" ? ["image", source.url] : ["image", source.media_type, source.data];
      case "document":
        return ["document", block["title"], source.data];
      case "thinking":
        return ["thinking", block["thinking"], block["signature"]];
      case "redacted_thinking":
        return ["redacted", block["data"]];
      case "tool_use":
        expect(block["id"]).toMatch(/^[a-zA-Z0-9_-]+$/);
        expect(names.has(block["id"])).toBe(false);
        names.set(block["id"], block["name"]);
        return ["call", block["name"], block["input"]];
      case "tool_result":
        return ["result", names.get(block["tool_use_id"]), block["content"].map(read), block["is_error"] ?? false];
      default:
        return ["foreign", block];
    }
  };
  return body["messages"].flatMap(({ role, content }: Loose) => content.map((block: Loose) => [role, read(block)]));
}

describe("any request to Anthropic", () => {
  it("says in its body all that the dialect can say, in order", () => {
    const settings = fc.record({
      system: fc.array(words, { maxLength: 3 }),
      maxOutputTokens: fc.integer({ min: 1, max: 64_000 }),
      temperature: fc.double({ min: 0, max: 1, noNaN: true }),
      stopSequences: fc.array(words, { maxLength: 3 }),
      tools: fc.uniqueArray(fc.tuple(fc.constantFrom("f0", "f1", "f2"), words), { maxLength: 3, selector: ([name]) => name }),
      endUser: fc.constantFrom("", "u"),
    });
    const property = fc.property(settings, fc.array(round, { maxLength: 3 }), userTurn, (given, rounds, last) => {
      const { system, tools, endUser, ...plain } = given;
      const messages = [
        { role: Role.SYSTEM, parts: system.map((said) => ({ content: { case: "text" as const, value: { text: said } } })) },
        ...rounds.flatMap(({ asked, said, calls: { made, answered } }) => [
          { role: Role.USER, parts: partsOf(asked) },
          { role: Role.ASSISTANT, parts: partsOf([...said, ...made]) },
          ...answered.map(({ part }) => ({ role: Role.TOOL, parts: [part] })),
        ]),
        { role: Role.USER, parts: partsOf(last) },
      ];
      const request = create(ChatRequestSchema, {
        model: "claude-haiku-4-5",
        messages,
        ...plain,
        endUser,
        tools: tools.map(([name, description]) => ({ name, description })),
        toolChoice: { mode: ToolChoiceMode.REQUIRED, parallel: false },
      });
      const { body: written, adaptations } = toAnthropicRequest(request, { entry: models.entry(request.model), strict: true, stream: true });
      const body = JSON.parse(JSON.stringify(written)) as Loose;
      const conversation = rounds.flatMap(({ asked, said, calls: { made, answered } }) => [...foundOf("user", asked), ...foundOf("assistant", [...said, ...made]), ...foundOf("user", answered)]);
      expect(readBody(body)).toEqual([...conversation, ...foundOf("user", last)]);
      expect((body["system"] ?? []).map(({ text: said }: Loose) => said)).toEqual(system);
      expect([body["max_tokens"], body["temperature"], body["stop_sequences"] ?? [], body["metadata"]?.user_id ?? ""]).toEqual([plain.maxOutputTokens, plain.temperature, plain.stopSequences, endUser]);
      expect((body["tools"] ?? []).map(({ name, description }: Loose) => [name, description])).toEqual(tools);
      expect(body["tool_choice"]).toEqual(tools.length === 0 ? undefined : { type: "any", disable_parallel_tool_use: true });
      expect(adaptations.filter(({ field }) => !field.endsWith("tool_call.id"))).toEqual([]);
      for (const [index, { role }] of body["messages"].entries()) expect(role).toBe(index % 2 === 0 ? "user" : "assistant");
    });
    fc.assert(property, { numRuns: 200 });
  });
});
