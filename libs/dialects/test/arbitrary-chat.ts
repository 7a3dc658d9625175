import { create, fromJson, type JsonValue, type MessageInitShape } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { type ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import type { PartSchema } from "@fairlead/contracts/chat/v1/content";
import { type MessageSchema, Role } from "@fairlead/contracts/chat/v1/message";
import fc from "fast-check";

type PartInit = MessageInitShape<typeof PartSchema>;
type MessageInit = MessageInitShape<typeof MessageSchema>;

const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
const text = fc.string({ unit: "binary", maxLength: 30 }).map((value) => value.toWellFormed());
const someText = text.filter((value) => value !== "");
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((value) => new Uint8Array(value));
const noBytes = new Uint8Array(0);
const within = (min: number, max: number) => fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const object = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 })).map((value) => JSON.stringify(value));
const marker = fc.option(fc.record({ ttlSeconds: fc.integer({ min: 0, max: 9999 }) }), { nil: undefined });

const part = (content: fc.Arbitrary<NonNullable<PartInit["content"]>>): fc.Arbitrary<PartInit> =>
  fc.tuple(content, marker).map(([inner, cacheMarker]) => ({ content: inner, ...(cacheMarker && { cacheMarker }) }));

const inline = (...mimeTypes: string[]) =>
  fc
    .tuple(bytes, fc.constantFrom(...mimeTypes))
    .map(([value, mimeType]) => ({ location: { case: "inline" as const, value }, mimeType }));
const url = fc.webUrl().map((value) => ({ location: { case: "url" as const, value } }));
const fileId = word.map((value) => ({ location: { case: "fileId" as const, value }, dialect: "openai.chat" }));

const textPart = part(text.map((value) => ({ case: "text", value: { text: value } })));
const imagePart = part(
  fc
    .record({ source: fc.oneof(inline("image/png", "image/jpeg"), url), detail: fc.constantFrom(0, 1, 2, 3) })
    .map((value) => ({ case: "image", value })),
);
const audioPart = part(inline("audio/wav", "audio/mpeg").map((source) => ({ case: "audio", value: { source } })));
const filePart = part(
  fc
    .record({ source: fc.oneof(inline("application/pdf"), url, fileId), filename: text })
    .map((value) => ({ case: "file", value })),
);

const instructions = fc.record({
  role: fc.constantFrom(Role.SYSTEM, Role.DEVELOPER),
  parts: fc.array(textPart, { minLength: 1, maxLength: 3 }),
});

const user = fc.record({
  role: fc.constant(Role.USER),
  parts: fc.array(fc.oneof(textPart, imagePart, audioPart, filePart), { minLength: 1, maxLength: 4 }),
  name: fc.oneof(fc.constant(""), word),
});

const toolMessage = fc
  .record({ toolCallId: word, name: fc.oneof(fc.constant(""), word), content: fc.array(textPart, { maxLength: 2 }) })
  .map((value): MessageInit => ({ role: Role.TOOL, parts: [{ content: { case: "toolResult", value } }] }));

const sealed: fc.Arbitrary<PartInit[]> = fc.array(
  fc
    .record({ text, signature: bytes, redacted: fc.boolean(), provider: fc.oneof(fc.constant(""), word) })
    .map((value) => ({ content: { case: "reasoning", value: { ...value, text: value.redacted ? "" : value.text } } })),
  { maxLength: 2 },
);
const unsealed: fc.Arbitrary<PartInit[]> = someText.map((value) => [
  { content: { case: "reasoning", value: { text: value } } },
]);
const refusal: fc.Arbitrary<PartInit[]> = someText.map((value) => [
  { content: { case: "refusal", value: { text: value } } },
]);
const calls: fc.Arbitrary<PartInit[]> = fc.array(
  fc
    .record({ id: word, name: word, argumentsJson: text, signature: fc.oneof(fc.constant(noBytes), bytes) })
    .map((value) => ({ content: { case: "toolCall", value } })),
  { maxLength: 2 },
);
const words = fc.oneof(
  fc.constant<PartInit[]>([]),
  someText.map((value): PartInit[] => [{ content: { case: "text", value: { text: value } } }]),
  fc.array(textPart, { minLength: 2, maxLength: 3 }),
);

const assistant = fc
  .tuple(fc.oneof(sealed, unsealed), words, fc.oneof(fc.constant<PartInit[]>([]), refusal), calls)
  .map((groups): MessageInit => ({ role: Role.ASSISTANT, parts: groups.flat() }));

const tool = fc.record(
  { name: word, description: text, parametersJson: fc.oneof(fc.constant(""), object), strict: fc.boolean() },
  { requiredKeys: ["name", "description", "parametersJson"] },
);

const toolChoice = fc.oneof(
  fc.record({ mode: fc.constantFrom(1, 2, 3), parallel: fc.boolean() }, { requiredKeys: ["mode"] }),
  fc.record({ mode: fc.constant(4), name: word, parallel: fc.boolean() }, { requiredKeys: ["mode", "name"] }),
);

const responseFormat = fc.oneof(
  fc.constant({ format: { case: "text" as const, value: {} } }),
  fc.constant({ format: { case: "jsonObject" as const, value: {} } }),
  fc
    .record(
      { name: word, schemaJson: object, description: text, strict: fc.boolean() },
      { requiredKeys: ["name", "schemaJson", "description"] },
    )
    .map((value) => ({ format: { case: "jsonSchema" as const, value } })),
);

const unknownField = fc
  .tuple(word, fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }))))
  .map(([name, value]) => ({
    dialect: "openai.chat",
    name: `x_${name}`,
    value: fromJson(ValueSchema, value as JsonValue),
  }));

/** Any chat request that an OpenAI body can say. */
export const arbitraryChat: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      model: fc.stringMatching(/^[a-z][a-z0-9./:-]{0,20}$/),
      messages: fc.array(fc.oneof(instructions, user, assistant, toolMessage), { minLength: 1, maxLength: 5 }),
      tools: fc.array(tool, { maxLength: 2 }),
      toolChoice,
      maxOutputTokens: fc.integer({ min: 1, max: 1_000_000 }),
      temperature: within(0, 2),
      topP: within(0, 1),
      topK: fc.integer({ min: 1, max: 100_000 }),
      frequencyPenalty: within(-2, 2),
      presencePenalty: within(-2, 2),
      stopSequences: fc.array(someText, { maxLength: 3 }),
      seed: fc.maxSafeInteger().map(BigInt),
      responseFormat,
      reasoning: fc.record({ effort: fc.constantFrom(0, 1, 2, 3, 4, 5), includeText: fc.boolean() }),
      candidateCount: fc.integer({ min: 0, max: 16 }),
      endUser: fc.oneof(fc.constant(""), word),
      unknownFields: fc.uniqueArray(unknownField, { maxLength: 3, selector: ({ name }) => name }),
    },
    { requiredKeys: ["model", "messages"] },
  )
  .map((init) => create(ChatRequestSchema, init as MessageInitShape<typeof ChatRequestSchema>));
