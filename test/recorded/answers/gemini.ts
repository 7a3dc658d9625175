import { addState, type Answer, type AnswerUsage, type Gathering, gather, gathered } from "../answer.ts";
import { count, type Loose, object, objects, parseJson, text } from "../json.ts";
import { errorWords, readEvents } from "./events.ts";
import { addPartialArguments } from "./partial-arguments.ts";

/** Reads an answer of Gemini's generateContent. */
export function readGemini(body: string, streamed: boolean): Answer {
  if (streamed) return readResponses(readEvents(body));
  const whole = parseJson(body);
  return readResponses([object(Array.isArray(whole) ? whole[0] : whole)]);
}

function readResponses(responses: readonly Loose[]): Answer {
  const choices: Gathering[] = [];
  let usage: Loose = {};
  let error: string | undefined;
  for (const response of responses) {
    error ??= errorWords(response["error"]);
    usage = { ...usage, ...object(response["usageMetadata"]) };
    const blocked = object(response["promptFeedback"])["blockReason"];
    if (typeof blocked === "string") (choices[0] ??= gather()).finish = "content_filter";
    for (const candidate of objects(response["candidates"])) {
      const gathering = (choices[count(candidate["index"])] ??= gather());
      for (const part of objects(object(candidate["content"])["parts"])) addPart(gathering, part);
      gathering.finish = finishWord(text(candidate["finishReason"])) || gathering.finish;
    }
  }
  for (const choice of choices) if (choice.finish === "stop" && choice.calls.length > 0) choice.finish = "tool_calls";
  return { choices: choices.map(gathered), usage: toUsage(usage), error };
}

function addPart(gathering: Gathering, part: Loose): void {
  if ("text" in part || "functionCall" in part) addState(gathering, part["thoughtSignature"]);
  if (typeof part["text"] === "string") {
    if (part["thought"] === true) gathering.reasoning += part["text"];
    else gathering.text += part["text"];
  } else if ("functionCall" in part) addCall(gathering, object(part["functionCall"]));
  else if (Object.keys(part).some((key) => key !== "thoughtSignature" && key !== "thought")) gathering.foreign.push(part);
}

function addCall(gathering: Gathering, call: Loose): void {
  if (typeof call["name"] === "string") {
    gathering.calls.push({ id: text(call["id"]), name: call["name"], json: "", value: structuredClone(object(call["args"])) });
  }
  const last = gathering.calls.at(-1);
  if (last !== undefined) last.value = addPartialArguments(last.value, objects(call["partialArgs"]));
}

const FINISHES: ReadonlyMap<string, string> = new Map([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ...["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR"].map(
    (word) => [word, "content_filter"] as const,
  ),
]);

function finishWord(word: string): string {
  return FINISHES.get(word) ?? word;
}

/** Thoughts come on top of the candidates, results of tools on top of the prompt. */
function toUsage(usage: Loose): AnswerUsage | undefined {
  if (!("promptTokenCount" in usage)) return undefined;
  const reasoning = count(usage["thoughtsTokenCount"]);
  return {
    prompt: count(usage["promptTokenCount"]) + count(usage["toolUsePromptTokenCount"]),
    cacheRead: count(usage["cachedContentTokenCount"]),
    cacheWrite: 0,
    completion: count(usage["candidatesTokenCount"]) + reasoning,
    reasoning,
  };
}
