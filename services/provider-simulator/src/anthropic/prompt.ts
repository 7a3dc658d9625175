import { PromptMeter } from "../answer/prompt-meter.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";

/** A place up to which the caller wants the prompt cached. */
export interface CachePoint {
  readonly hash: number;
  readonly tokens: number;
  readonly ttl: "5m" | "1h";
}

/** A prompt in the order in which it is cached: tools, system, messages. */
export interface Prompt {
  readonly hash: number;
  readonly tokens: number;
  readonly cachePoints: readonly CachePoint[];
  readonly lastUserText: string;
  readonly afterToolResult: boolean;
}

interface Reading {
  readonly meter: PromptMeter;
  readonly cachePoints: CachePoint[];
  lastUserText: string;
  afterToolResult: boolean;
}

/** Measures a prompt and finds its cache points. */
export function readPrompt(body: JsonObject): Prompt {
  const reading: Reading = { meter: new PromptMeter(), cachePoints: [], lastUserText: "", afterToolResult: false };
  for (const tool of listOf(body["tools"])) {
    const { cache_control: cacheControl, ...rest } = objectOf(tool) ?? {};
    reading.meter.json(rest);
    markCachePoint(reading, cacheControl);
  }
  readContent(body["system"], reading);
  for (const message of listOf(body["messages"])) if (isObject(message)) readMessage(message, reading);
  markCachePoint(reading, body["cache_control"]);
  const { hash, tokens } = reading.meter;
  return { ...reading, hash, tokens };
}

function readMessage(message: JsonObject, reading: Reading): void {
  reading.meter.message(String(message["role"]));
  const { text, hasResult } = readContent(message["content"], reading);
  if (message["role"] !== "user") return;
  if (text !== "") reading.lastUserText = text;
  reading.afterToolResult = hasResult;
}

interface ReadContent {
  readonly text: string;
  readonly hasResult: boolean;
}

function readContent(content: unknown, reading: Reading): ReadContent {
  if (typeof content === "string") {
    reading.meter.text(content);
    return { text: content, hasResult: false };
  }
  let text = "";
  let hasResult = false;
  for (const block of listOf(content)) {
    if (!isObject(block)) continue;
    text += readBlock(block, reading);
    hasResult ||= block["type"] === "tool_result";
    markCachePoint(reading, block["cache_control"]);
  }
  return { text, hasResult };
}

/** Measures a block and returns the text it says itself. */
function readBlock(block: JsonObject, reading: Reading): string {
  const { meter } = reading;
  const text = textOf(block["text"]);
  if (text !== undefined) meter.text(text);
  else if (block["type"] === "tool_use") meter.json({ name: block["name"], input: block["input"] });
  else if (block["type"] === "tool_result") readContent(block["content"], reading);
  else if (block["type"] === "thinking") meter.text(textOf(block["thinking"]) ?? "");
  else meter.media(referenceOf(block));
  return text ?? "";
}

function referenceOf(block: JsonObject): string {
  const source = objectOf(block["source"]);
  const data = textOf(source?.["data"]) ?? textOf(source?.["url"]) ?? textOf(source?.["file_id"]) ?? "";
  return `${String(block["type"])}:${data.length}:${data.slice(-64)}`;
}

function markCachePoint(reading: Reading, cacheControl: unknown): void {
  if (!isObject(cacheControl)) return;
  const { hash, tokens } = reading.meter;
  reading.cachePoints.push({ hash, tokens, ttl: cacheControl["ttl"] === "1h" ? "1h" : "5m" });
}
