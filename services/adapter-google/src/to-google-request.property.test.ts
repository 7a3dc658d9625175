import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { stateToBytes } from "@fairlead/adapter-kit/opaque-state";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import fc from "fast-check";
import { loadGoogleModels } from "./models.ts";
import { toGoogleRequest } from "./to-google-request.ts";

type Loose = Record<string, any>;

/** A part, and what must be found of it in the body, wherever it stands. */
interface Said {
  readonly part: MessageInitShape<typeof PartSchema>;
  readonly found: unknown;
}

const models = loadGoogleModels();
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const object = fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(words, fc.integer(), fc.boolean()), { noNullPrototype: true });
const value = (json: unknown) => fromJson(ValueSchema, json as JsonValue);
const thought = (text: string, signature: string) => ({ content: { case: "reasoning" as const, value: { text, signature: stateToBytes(signature), provider: "google" } } });

const text = words.map((said): Said => ({ part: { content: { case: "text", value: { text: said } } }, found: ["text", said] }));
const picture = fc.uint8Array({ maxLength: 6 }).map((rest): Said => {
  const inline = new Uint8Array([0x89, 0x50, 0x4e, 0x47, ...rest]);
  return {
    part: { content: { case: "image", value: { source: { location: { case: "inline", value: inline }, mimeType: "image/gif" } } } },
    found: ["media", "image/png", Buffer.from(inline).toString("base64")],
  };
});
const kept = fc.constantFrom("gs://b/a.pdf", "https://youtu.be/x").map((uri): Said => ({
  part: { content: { case: "file", value: { source: { location: { case: "url", value: uri }, mimeType: "application/pdf" } } } },
  found: ["media", "application/pdf", uri],
}));
const foreign = object.map((fields): Said => {
  const block = { executableCode: fields, thoughtSignature: "s" };
  return { part: { content: { case: "foreign", value: { dialect: "google.content", value: value(block) } } }, found: ["foreign", block] };
});
const thinking = fc.tuple(words, words).map(([said, signature]): Said => ({ part: thought(said, signature), found: ["thought", said, signature] }));

/** Calls, of which the first is signed, and their results, in any order. */
const calls = fc.uniqueArray(fc.tuple(words, object, object), { minLength: 1, maxLength: 3, selector: ([id]) => id }).chain((list) => {
  const made = list.map(([id, input], index): Said => ({
    part: { content: { case: "toolCall", value: { id, name: "f", argumentsJson: JSON.stringify(input), signature: stateToBytes(index === 0 ? "s==" : "") } } },
    found: ["call", "f", input, index === 0 ? "s==" : undefined],
  }));
  const results = list.map(([toolCallId, , output]): Said => ({
    part: { content: { case: "toolResult", value: { toolCallId, content: [{ content: { case: "text", value: { text: JSON.stringify(output) } } }] } } },
    found: ["result", "f", output],
  }));
  return fc.shuffledSubarray(results, { minLength: results.length }).map((given) => ({ made, results, given }));
});

const userTurn = fc.array(fc.oneof(text, picture, kept), { minLength: 1, maxLength: 4 });
const modelTurn = fc.array(fc.oneof(thinking, text, foreign), { minLength: 1, maxLength: 4 });
const round = fc.record({ asked: userTurn, said: modelTurn, calls });

const partsOf = (list: readonly Said[]) => list.map(({ part }) => part);
const foundOf = (role: string, list: readonly Said[]) => list.map(({ found }) => [role, found]);

/** Reads a body as Gemini would: what is said by whom, with results in the order of their calls. */
function readBody({ contents }: Loose): unknown[] {
  const read = (part: Loose): unknown => {
    const { functionCall: call, functionResponse: result, inlineData: inline, fileData: file } = part;
    if (call !== undefined) return ["call", call.name, call.args, part["thoughtSignature"]];
    if (result !== undefined) return ["result", result.name, result.response];
    if (inline !== undefined) return ["media", inline.mimeType, inline.data];
    if (file !== undefined) return ["media", file.mimeType, file.fileUri];
    if (part["thought"] === true) return ["thought", part["text"], part["thoughtSignature"]];
    return typeof part["text"] === "string" ? ["text", part["text"]] : ["foreign", part];
  };
  return contents.flatMap(({ role, parts }: Loose) => parts.map((part: Loose) => [role, read(part)]));
}

describe("any request to Gemini", () => {
  it("says in its body all that the dialect can say, in order", () => {
    const settings = fc.record({
      system: fc.array(words, { maxLength: 3 }),
      maxOutputTokens: fc.integer({ min: 1, max: 64_000 }),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      topK: fc.integer({ min: 1, max: 40 }),
      seed: fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }),
      stopSequences: fc.array(words, { maxLength: 5 }),
      candidateCount: fc.integer({ min: 2, max: 8 }),
    });
    const property = fc.property(settings, fc.array(round, { maxLength: 3 }), userTurn, ({ system, ...plain }, rounds, last) => {
      const messages = [
        { role: Role.SYSTEM, parts: system.map((said) => ({ content: { case: "text" as const, value: { text: said } } })) },
        ...rounds.flatMap(({ asked, said, calls: { made, given } }) => [
          { role: Role.USER, parts: partsOf(asked) },
          { role: Role.ASSISTANT, parts: partsOf([...said, ...made]) },
          ...given.map(({ part }) => ({ role: Role.TOOL, parts: [part] })),
        ]),
        { role: Role.USER, parts: partsOf(last) },
      ];
      const toolChoice = { mode: ToolChoiceMode.NAMED, name: "f" };
      const request = create(ChatRequestSchema, { model: "gemini-3.1-pro-preview", messages, ...plain, tools: [{ name: "f", description: "d" }], toolChoice });
      const { body: written, adaptations } = toGoogleRequest(request, { traits: models.entry(request.model)?.traits, strict: true, media: new Map() });
      const body = JSON.parse(JSON.stringify(written)) as Loose;
      const conversation = rounds.flatMap(({ asked, said, calls: { made, results } }) => [...foundOf("user", asked), ...foundOf("model", [...said, ...made]), ...foundOf("user", results)]);
      expect(readBody(body)).toEqual([...conversation, ...foundOf("user", last)]);
      expect((body["systemInstruction"]?.parts ?? []).map(({ text: said }: Loose) => said)).toEqual(system);
      const { stopSequences, seed, ...numbers } = plain;
      expect(body["generationConfig"]).toEqual({ ...numbers, seed: Number(seed), ...(stopSequences.length === 0 ? {} : { stopSequences }) });
      expect(body["tools"]).toEqual([{ functionDeclarations: [{ name: "f", description: "d" }] }]);
      expect(body["toolConfig"]).toEqual({ functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } });
      expect(adaptations).toEqual([]);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
