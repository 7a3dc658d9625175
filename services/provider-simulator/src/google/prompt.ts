import { PromptMeter } from "../answer/prompt-meter.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import { field } from "./either-case.ts";

/** What the simulated model takes from the contents of a request. */
export interface Prompt {
  readonly hash: number;
  readonly tokens: number;
  readonly lastUserText: string;
  readonly afterToolResult: boolean;
}

/** Measures system instruction, contents and tools. */
export function readPrompt(body: JsonObject): Prompt {
  const meter = new PromptMeter();
  const instruction = objectOf(field(body, "systemInstruction"));
  if (instruction !== undefined) readParts(instruction, meter);
  let lastUserText = "";
  let afterToolResult = false;
  for (const content of contentsOf(body)) {
    const role = textOf(content["role"]) ?? "user";
    meter.message(role);
    const { text, hasResult } = readParts(content, meter);
    if (role === "model") continue;
    if (text !== "") lastUserText = text;
    afterToolResult = hasResult;
  }
  if (listOf(body["tools"]).length > 0 || isObject(body["tools"])) meter.json(body["tools"]);
  return { hash: meter.hash, tokens: meter.tokens, lastUserText, afterToolResult };
}

/** The contents of a request; Google takes a single one without its array, and texts of an embedding likewise. */
export function contentsOf(body: JsonObject): readonly JsonObject[] {
  const { contents } = body;
  return (isObject(contents) ? [contents] : listOf(contents)).filter(isObject);
}

/** The text of a content's parts. */
export function textOfContent(content: unknown): string {
  return readParts(objectOf(content) ?? {}, new PromptMeter()).text;
}

interface ReadParts {
  readonly text: string;
  readonly hasResult: boolean;
}

function readParts(content: JsonObject, meter: PromptMeter): ReadParts {
  let text = "";
  let hasResult = false;
  const { parts } = content;
  for (const part of (isObject(parts) ? [parts] : listOf(parts)).filter(isObject)) {
    text += readPart(part, meter);
    hasResult ||= field(part, "functionResponse") !== undefined;
  }
  return { text, hasResult };
}

/** Measures a part and returns the text it says itself. */
function readPart(part: JsonObject, meter: PromptMeter): string {
  const text = textOf(part["text"]);
  if (text !== undefined) meter.text(text);
  const call = objectOf(field(part, "functionCall")) ?? objectOf(field(part, "functionResponse"));
  if (call !== undefined) meter.json({ name: call["name"], value: call["args"] ?? call["response"] });
  const media = objectOf(field(part, "inlineData")) ?? objectOf(field(part, "fileData"));
  const data = textOf(media?.["data"]) ?? textOf(field(media, "fileUri")) ?? "";
  if (media !== undefined) meter.media(`${data.length}:${data.slice(-64)}`);
  return text ?? "";
}
