import { create, toBinary } from "@bufbuild/protobuf";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { ForeignPartSchema, type MediaSource, type Part, type UnknownField, UnknownFieldSchema } from "@fairlead/contracts/chat/v1/content";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { type Analysis, AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import { classifyTask } from "./classify-task.ts";
import { difficultyOf } from "../quality/predict-difficulty.ts";
import { shapeFeatures } from "../quality/shape-features.ts";
import { detectLanguage, languageOf } from "./detect-language.ts";
import { emptyMeasure, estimateTokens, measureText, type TextMeasure } from "./measure-text.ts";
import { LOOKED_AT, scanText } from "./scan-text.ts";

/** Bounds of what stands around and instead of text, in tokens. Above every current provider's own figures. */
const BOUND = { message: 32, call: 64, tools: 1_024, tool: 64, image: 50_000 } as const;
/** Estimates of the same. */
const ESTIMATE = { message: 4, image: 800 } as const;
/** Answers without a stated limit: about this share of the prompt, within bounds. */
const OUTPUT = { least: 128, most: 1_024, share: 0.5 } as const;

/** What a request needs a model to be able to do. */
export interface Needs {
  readonly tools: boolean;
  readonly vision: boolean;
  readonly audio: boolean;
  readonly files: boolean;
  readonly structuredOutput: boolean;
}

/** What was found out about a request. */
export interface RequestAnalysis {
  readonly analysis: Analysis;
  readonly needs: Needs;
}

interface Count {
  readonly measure: TextMeasure;
  images: number;
  audio: number;
  files: number;
  mediaBytes: number;
  /** Calls of tools and their results. */
  calls: number;
}

/** Finds out what a request is about and how large it is, from nothing but itself. */
export function analyzeRequest(chat: ChatRequest): RequestAnalysis {
  const count: Count = { measure: emptyMeasure(), images: 0, audio: 0, files: 0, mediaBytes: 0, calls: 0 };
  for (const message of chat.messages) {
    measureText(message.name, count.measure);
    for (const part of message.parts) countPart(part, count);
  }
  for (const tool of chat.tools) measureAll([tool.name, tool.description, tool.parametersJson], count);
  const format = chat.responseFormat?.format;
  if (format?.case === "jsonSchema") measureAll([format.value.name, format.value.description, format.value.schemaJson], count);
  countFields(chat.unknownFields, count);

  const needs: Needs = {
    tools: chat.tools.length > 0,
    vision: count.images > 0,
    audio: count.audio > 0,
    files: count.files > 0,
    structuredOutput: format?.case === "jsonSchema",
  };
  const questions = lastQuestions(chat);
  const scan = scanText(questions.join("\n"));
  const features = shapeFeatures(scan);
  const inputTokens =
    estimateTokens(count.measure) + chat.messages.length * ESTIMATE.message + count.images * ESTIMATE.image + Math.ceil(count.mediaBytes / 16);
  const analysis = create(AnalysisSchema, {
    ...classifyTask(scan, features, { needs, inputTokens, turns: chat.messages.length }),
    difficulty: difficultyOf(scan, features),
    language: (questions.length > 1 ? detectLanguage(questions.at(-1) ?? "") : "") || languageOf(scan),
    inputTokens,
    outputTokens: expectedOutput(chat, inputTokens),
    maxInputTokens: boundOf(chat, count),
  });
  return { analysis, needs };
}

function measureAll(texts: readonly string[], count: Count): void {
  for (const text of texts) measureText(text, count.measure);
}

/** A bound of their tokens: nobody here knows which of them a model reads. */
function countFields(fields: readonly UnknownField[], count: Count): void {
  for (const field of fields) count.measure.bytes += toBinary(UnknownFieldSchema, field).length;
}

function countPart({ content, extraFields }: Part, count: Count): void {
  countFields(extraFields, count);
  switch (content.case) {
    case "text":
    case "refusal":
      measureText(content.value.text, count.measure);
      return;
    case "reasoning":
      measureText(content.value.text, count.measure);
      count.measure.bytes += content.value.signature.length;
      return;
    case "toolCall":
      count.calls += 1;
      measureAll([content.value.id, content.value.name, content.value.argumentsJson], count);
      count.measure.bytes += content.value.signature.length;
      return;
    case "toolResult":
      count.calls += 1;
      measureAll([content.value.toolCallId, content.value.name], count);
      for (const inner of content.value.content) countPart(inner, count);
      return;
    case "image":
      count.images += 1;
      return;
    case "audio":
      count.audio += 1;
      measureText(content.value.transcript, count.measure);
      countMedia(content.value.source, count);
      return;
    case "file":
      count.files += 1;
      measureText(content.value.filename, count.measure);
      countMedia(content.value.source, count);
      return;
    case "foreign": {
      const size = toBinary(ForeignPartSchema, content.value).length;
      count.measure.bytes += size;
      count.measure.characters += size;
    }
  }
}

function countMedia(source: MediaSource | undefined, count: Count): void {
  const location = source?.location;
  count.mediaBytes += location?.case === "inline" ? location.value.length : 1_000_000;
}

/** Byte-level tokenizers make no more tokens than there are bytes; what providers add around the text is bounded too. */
function boundOf(chat: ChatRequest, count: Count): number {
  const tools = chat.tools.length === 0 ? 0 : BOUND.tools + chat.tools.length * BOUND.tool;
  const around = chat.messages.length * BOUND.message + count.calls * BOUND.call + tools;
  return Math.min(count.measure.bytes + around + count.images * BOUND.image + count.mediaBytes, 0xffff_ffff);
}

function expectedOutput(chat: ChatRequest, inputTokens: number): number {
  const guess = Math.min(OUTPUT.most, Math.max(OUTPUT.least, Math.round(inputTokens * OUTPUT.share)));
  return Math.min(guess, chat.maxOutputTokens ?? guess);
}

/** What the user said last, with as many of the messages before as are looked at together; in their order. */
function lastQuestions(chat: ChatRequest): string[] {
  const questions: string[] = [];
  let characters = 0;
  for (let index = chat.messages.length - 1; index >= 0 && characters < LOOKED_AT; index--) {
    const message = chat.messages[index];
    if (message?.role !== Role.USER) continue;
    const texts = message.parts.flatMap(({ content }) => (content.case === "text" ? [content.value.text] : []));
    if (texts.length === 0) continue;
    const question = texts.join("\n").slice(0, LOOKED_AT);
    // An older message that does not fit is left out: the last one must be seen.
    if (questions.length > 0 && characters + question.length + 1 > LOOKED_AT) break;
    questions.unshift(question);
    characters += question.length + 1;
  }
  return questions;
}
