import type { JsonObject } from "../json.ts";
import type { AnswerSettings, StructuredOutput } from "../models/answer-settings.ts";
import { chooseTools } from "./choose-tools.ts";
import { hashText, mix } from "./hash.ts";
import type { OfferedTool, Question } from "./question.ts";
import { between, createRandom, type Random } from "./random.ts";
import { satisfySchema } from "./satisfy-schema.ts";
import { CHARACTERS_PER_TOKEN, countTokens, cutToTokens } from "./tokens.ts";
import { writeLength, writeSentences } from "./write-text.ts";

export interface ToolCall {
  /** 24 letters and digits, the same for the same question, from which a wire makes its id. */
  readonly key: string;
  readonly name: string;
  readonly input: JsonObject;
  /** The input as JSON. */
  readonly json: string;
}

export type Finish = "stop" | "length" | "stop_sequence" | "tool_calls" | "refusal";

/** One whole answer, before any wire has given it its form. */
export interface Answer {
  /** Empty unless the question asks the model to think. */
  readonly thinking: string;
  readonly thinkingTokens: number;
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
  readonly stopSequence: string | undefined;
  /** All tokens made: thinking, text and calls. */
  readonly outputTokens: number;
}

const NO_OBJECT: JsonObject = { type: "object" };

/**
 * The answer to a question: a pure function of seed, provider, model, messages and settings. `choice` tells apart
 * several answers to one question. A refusal of the settings comes before tool calls, these before a fixed text of the
 * settings, that before a schema.
 */
export function planAnswer(question: Question, settings: AnswerSettings, seed: number, choice = 0): Answer {
  const model = mix(hashText(question.model.provider), hashText(question.model.id));
  const random = createRandom(mix(mix(question.hash, model), seed + choice));
  const room = question.maxTokens ?? Number.MAX_SAFE_INTEGER;
  const thinking = think(question.thinkingBudget, room, random);
  const thinkingTokens = countTokens(thinking);
  if (settings.refusal !== undefined) return refuse(settings.refusal, thinking, thinkingTokens);
  const tools = chooseTools(question);
  if (tools.length > 0) return callTools(tools, thinking, thinkingTokens, random);
  const written = endText(write(question, settings, random), question.stop, room - thinkingTokens);
  return { ...written, thinking, thinkingTokens, calls: [], outputTokens: thinkingTokens + countTokens(written.text) };
}

function think(budget: number, room: number, random: Random): string {
  if (budget <= 0) return "";
  return cutToTokens(writeSentences(random, between(random, 2, 4)), Math.min(budget, room));
}

function refuse(text: string, thinking: string, thinkingTokens: number): Answer {
  const outputTokens = thinkingTokens + countTokens(text);
  return { thinking, thinkingTokens, text, calls: [], finish: "refusal", stopSequence: undefined, outputTokens };
}

function callTools(tools: readonly OfferedTool[], thinking: string, thinkingTokens: number, random: Random): Answer {
  const calls = tools.map((tool) => callTool(tool, random));
  const callTokens = calls.reduce((sum, call) => sum + countTokens(call.name) + countTokens(call.json), 0);
  const outputTokens = thinkingTokens + callTokens;
  return { thinking, thinkingTokens, text: "", calls, finish: "tool_calls", stopSequence: undefined, outputTokens };
}

function callTool(tool: OfferedTool, random: Random): ToolCall {
  const input = satisfySchema(tool.schema ?? NO_OBJECT, random) as JsonObject;
  return { key: writeKey(random), name: tool.name, input, json: JSON.stringify(input) };
}

function write(question: Question, settings: AnswerSettings, random: Random): string {
  if (settings.text !== undefined) return settings.text;
  if (question.schema !== undefined) return writeJson(question.schema, settings.structuredOutput, random);
  const tokens = settings.outputTokens ?? settings.chunks;
  if (tokens !== undefined) return writeLength(random, tokens * CHARACTERS_PER_TOKEN);
  return writeSentences(random, between(random, 2, 6));
}

function writeJson(schema: JsonObject, kind: StructuredOutput, random: Random): string {
  const json = JSON.stringify(satisfySchema(schema, random));
  if (kind === "broken") return `${json.slice(0, -1)},`;
  return kind === "wrong" ? (json.startsWith("{") ? "[]" : "{}") : json;
}

function endText(
  text: string,
  stop: readonly string[],
  room: number,
): Pick<Answer, "text" | "finish" | "stopSequence"> {
  let end = text.length;
  let stopSequence: string | undefined;
  for (const sequence of stop) {
    const found = sequence === "" ? -1 : text.indexOf(sequence);
    if (found >= 0 && found < end) [end, stopSequence] = [found, sequence];
  }
  const ended = text.slice(0, end);
  if (countTokens(ended) > room) return { text: cutToTokens(ended, room), finish: "length", stopSequence: undefined };
  return { text: ended, finish: stopSequence === undefined ? "stop" : "stop_sequence", stopSequence };
}

const KEY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

function writeKey(random: Random): string {
  let key = "";
  for (let letter = 0; letter < 24; letter++) key += KEY_LETTERS[Math.floor(random() * KEY_LETTERS.length)];
  return key;
}
