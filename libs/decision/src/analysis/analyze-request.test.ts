import { create, fromJson, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { type PartSchema } from "@fairlead/contracts/chat/v1/content";
import { EmbeddingInputSchema } from "@fairlead/contracts/chat/v1/embedding";
import { Role } from "@fairlead/contracts/chat/v1/message";
import fc from "fast-check";
import { analyzeRequest } from "./analyze-request.ts";
import { analyzeTexts } from "./analyze-texts.ts";

type PartInit = MessageInitShape<typeof PartSchema>;

function chat(parts: PartInit[], more: MessageInitShape<typeof ChatRequestSchema> = {}) {
  return create(ChatRequestSchema, { model: "auto", messages: [{ role: Role.USER, parts }], ...more });
}

function text(value: string): PartInit {
  return { content: { case: "text", value: { text: value } } };
}

const bytesOf = (value: string) => new TextEncoder().encode(value).length;

describe("analysing a request", () => {
  it("finds out what a short question is and needs", () => {
    const { analysis, needs } = analyzeRequest(chat([text("What is the capital of France?")]));
    expect(analysis).toMatchObject({
      category: "conversation",
      complexity: "simple",
      language: "en",
      inputTokens: 12,
      outputTokens: 128,
      maxInputTokens: 62,
    });
    expect(needs).toEqual({ tools: false, vision: false, audio: false, files: false, structuredOutput: false });
  });

  it.each<[string, PartInit[], string]>([
    ["code", [text("Write a TypeScript function that debounces.")], "code"],
    ["a poem", [text("Write a poem about the sea.")], "creative_writing"],
    ["an analysis", [text("Compare the pros and cons of both plans.")], "analysis"],
    ["small talk", [text("Hi there")], "conversation"],
    ["a picture", [text("What is this?"), { content: { case: "image", value: {} } }], "multimodal"],
  ])("sorts %s", (_, parts, category) => {
    expect(analyzeRequest(chat(parts)).analysis.category).toBe(category);
  });

  it("tells how sure the category is and how difficult the question", () => {
    const easy = analyzeRequest(chat([text("Hi, how are you today?")])).analysis;
    const hard = analyzeRequest(chat([text("Prove that there are infinitely many primes and derive a bound for the n-th one.")])).analysis;
    expect(easy.categoryConfidence).toBeGreaterThan(0.25);
    expect(easy.categoryConfidence).toBeLessThanOrEqual(1);
    expect(hard.difficulty).toBeGreaterThan(easy.difficulty);
  });

  it("understands a short question from what was asked before", () => {
    const say = (role: Role, value: string) => ({ role, parts: [text(value)] });
    const messages = [say(Role.USER, "Write a Python function that sorts a list of objects by date."), say(Role.ASSISTANT, "..."), say(Role.USER, "and in Java?")];
    expect(analyzeRequest(create(ChatRequestSchema, { model: "auto", messages })).analysis.category).toBe("code");
  });

  it("sees the last question, however much was asked before", () => {
    const say = (value: string) => ({ role: Role.USER, parts: [text(value)] });
    const messages = [say("Write a poem about the sea. ".repeat(200)), say("Schreibe bitte eine Funktion in Python, die das macht.")];
    expect(analyzeRequest(create(ChatRequestSchema, { model: "auto", messages })).analysis).toMatchObject({ language: "de", category: "code" });
  });

  it("claims nothing of a request without text", () => {
    expect(analyzeRequest(chat([])).analysis).toMatchObject({ category: "conversation", categoryConfidence: 0, complexity: "simple", difficulty: 0, language: "" });
  });

  it.each<[string, string]>([
    ["simple", "What is the capital of France?"],
    ["medium", "Compare the advantages and disadvantages of heat pumps and gas heating for a house from the seventies."],
    ["complex", "Design a distributed rate limiter for twelve regions, prove that it never admits more than its limit, analyse the races between renewal and expiry, and implement the core in Go with property-based tests. Explain which assumptions about clocks you need, and what happens when one of them fails during a partition."],
  ])("finds a task %s", (complexity, question) => {
    expect(analyzeRequest(chat([text(question)])).analysis.complexity).toBe(complexity);
  });

  it.each([
    ["Wie ist das Wetter und was ist mit der Bahn?", "de"],
    ["Quel est le prix des pommes dans les magasins ?", "fr"],
    ["今日の天気はどうですか", "ja"],
    ["Какая сегодня погода?", "ru"],
    ["12345 !!!", ""],
  ])("tells the language of %j", (question, language) => {
    expect(analyzeRequest(chat([text(question)])).analysis.language).toBe(language);
  });

  it("tells what a request needs of a model", () => {
    const tools = [{ name: "look_up", parametersJson: "{}" }];
    const format = { format: { case: "jsonSchema" as const, value: { name: "n", schemaJson: "{}" } } };
    const media: PartInit[] = [
      { content: { case: "image", value: {} } },
      { content: { case: "audio", value: {} } },
      { content: { case: "file", value: {} } },
    ];
    const { needs, analysis } = analyzeRequest(chat(media, { tools, responseFormat: format }));
    expect(needs).toEqual({ tools: true, vision: true, audio: true, files: true, structuredOutput: true });
    expect(analysis.category).toBe("function_calling");
  });

  it("sees a picture that a tool gave back", () => {
    const content: PartInit[] = [{ content: { case: "image", value: {} } }];
    expect(analyzeRequest(chat([{ content: { case: "toolResult", value: { toolCallId: "1", content } } }])).needs.vision).toBe(true);
  });

  it("expects no longer answer than is asked for", () => {
    const { analysis } = analyzeRequest(chat([text("Hi")], { maxOutputTokens: 5 }));
    expect(analysis.outputTokens).toBe(5);
  });

  it("bounds the prompt by all the bytes that a provider can get to see", () => {
    const word = fc.string({ unit: "binary", maxLength: 200 });
    const bytes = fc.uint8Array({ maxLength: 50 });
    const part: fc.Arbitrary<PartInit> = fc.oneof(
      word.map(text),
      word.map((value): PartInit => ({ content: { case: "refusal", value: { text: value } } })),
      fc.tuple(word, bytes).map(([value, signature]): PartInit => ({ content: { case: "reasoning", value: { text: value, signature: new Uint8Array(signature) } } })),
      fc
        .tuple(word, word, word, bytes)
        .map(([id, name, argumentsJson, signature]): PartInit => ({ content: { case: "toolCall", value: { id, name, argumentsJson, signature: new Uint8Array(signature) } } })),
      fc.tuple(word, word).map(([id, value]): PartInit => ({ content: { case: "toolResult", value: { toolCallId: id, content: [text(value)] } } })),
      fc.tuple(word, bytes).map(([filename, inline]): PartInit => ({ content: { case: "file", value: { filename, source: { location: { case: "inline", value: new Uint8Array(inline) } } } } })),
    );
    const tool = fc.record({ name: word, description: word, parametersJson: word });
    fc.assert(
      fc.property(fc.array(part), fc.array(tool), word, (parts, tools, name) => {
        const request = create(ChatRequestSchema, { messages: [{ role: Role.USER, name, parts }], tools });
        // The wire form holds every text and byte once, with at most some 16 bytes around each part.
        const wire = toBinary(ChatRequestSchema, request).length - 20 * (parts.length + tools.length + 1) - 8;
        const { analysis } = analyzeRequest(request);
        expect(analysis.maxInputTokens).toBeGreaterThanOrEqual(wire);
        expect(analysis.maxInputTokens).toBeGreaterThanOrEqual(analysis.inputTokens);
      }),
    );
  });

  it("bounds the prompt by fields that it passes on unread", () => {
    const value = { kind: { case: "stringValue" as const, value: "x".repeat(10_000) } };
    const { analysis } = analyzeRequest(chat([text("Hi")], { unknownFields: [{ dialect: "openai.chat", name: "extra", value }] }));
    expect(analysis.maxInputTokens).toBeGreaterThan(10_000);
  });

  it("keeps its bound within what its field holds", () => {
    const source = { location: { case: "url" as const, value: "https://a" } };
    const files: PartInit[] = Array.from({ length: 5_000 }, () => ({ content: { case: "file", value: { source } } }));
    expect(analyzeRequest(chat(files)).analysis.maxInputTokens).toBe(0xffff_ffff);
  });
});

describe("analysing what only one dialect has", () => {
  it("counts its bytes, so that its tokens are bounded", () => {
    const value = fromJson(ValueSchema, { body: "x".repeat(10_000) });
    const own = { dialect: "d.chat", value };
    const block: PartInit = { content: { case: "foreign", value: own } };
    const fields: PartInit = { content: { case: "text", value: { text: "" } }, extraFields: [{ ...own, name: "f" }] };
    const nested: PartInit = { content: { case: "toolResult", value: { toolCallId: "t", content: [block] } } };
    for (const parts of [[block], [fields], [nested]]) {
      expect(analyzeRequest(chat(parts)).analysis.maxInputTokens).toBeGreaterThan(10_000);
    }
    expect(analyzeRequest(chat([block])).analysis.inputTokens).toBeGreaterThan(2_500);
  });
});

describe("analysing texts that shall become vectors", () => {
  it("counts tokens that are given, one by one", () => {
    const given = create(EmbeddingInputSchema, { model: "m", tokenLists: [{ tokens: [1, 2, 3] }, { tokens: [4] }] });
    expect(analyzeTexts(given).analysis).toMatchObject({ inputTokens: 4, maxInputTokens: 4 + 2 * 8 });
  });

  it("bounds their tokens by their bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
        const { analysis } = analyzeTexts({ texts: texts.map((one) => one.toWellFormed()), tokenLists: [] });
        expect(analysis.maxInputTokens).toBe(texts.reduce((sum, one) => sum + bytesOf(one), 0) + 8 * texts.length);
        expect(analysis.category).toBe("embedding");
      }),
    );
  });
});
