import { type Answer, type AnswerUsage, type Gathering, gather, gathered } from "../answer.ts";
import { count, type Loose, object, objects, parseJson, text } from "../json.ts";
import { errorWords, readEvents } from "./events.ts";

/** Reads an answer of Cohere's v2 chat. */
export function readCohere(body: string, streamed: boolean): Answer {
  return streamed ? readCohereEvents(readEvents(body)) : readCohereAnswer(object(parseJson(body)));
}

function readCohereAnswer(body: Loose): Answer {
  const message = object(body["message"]);
  if (typeof body["message"] === "string") return { choices: [], usage: undefined, error: errorWords(body["message"]) };
  const gathering = gather();
  gathering.reasoning += text(message["tool_plan"]);
  for (const part of objects(message["content"])) addContent(gathering, part);
  for (const call of objects(message["tool_calls"])) startCall(gathering, call);
  gathering.finish = finishWord(text(body["finish_reason"]));
  return { choices: [gathered(gathering)], usage: toUsage(object(body["usage"])), error: undefined };
}

function readCohereEvents(events: readonly Loose[]): Answer {
  const gathering = gather();
  let usage: AnswerUsage | undefined;
  let error: string | undefined;
  for (const event of events) {
    const delta = object(event["delta"]);
    const message = object(delta["message"]);
    gathering.reasoning += text(message["tool_plan"]);
    switch (event["type"]) {
      case "content-start":
      case "content-delta":
        addContent(gathering, object(message["content"]));
        break;
      case "tool-call-start":
        startCall(gathering, object(message["tool_calls"]));
        break;
      case "tool-call-delta": {
        const last = gathering.calls.at(-1);
        if (last !== undefined) last.json += text(object(object(message["tool_calls"])["function"])["arguments"]);
        break;
      }
      case "message-end":
        gathering.finish = finishWord(text(delta["finish_reason"]));
        usage = toUsage(object(delta["usage"]));
        error ??= errorWords(delta["error"]);
        break;
      default:
    }
  }
  return { choices: [gathered(gathering)], usage, error };
}

function addContent(gathering: Gathering, part: Loose): void {
  gathering.text += text(part["text"]);
  gathering.reasoning += text(part["thinking"]);
}

function startCall(gathering: Gathering, call: Loose): void {
  const { name, arguments: json } = object(call["function"]);
  gathering.calls.push({ id: text(call["id"]), name: text(name), json: text(json) });
}

const FINISHES: ReadonlyMap<string, string> = new Map([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop_sequence"],
  ["MAX_TOKENS", "length"],
  ["TOOL_CALL", "tool_calls"],
]);

function finishWord(word: string): string {
  return FINISHES.get(word) ?? word;
}

/** Tokens that the model saw, or those that are billed: Cohere tells both. */
function toUsage(usage: Loose): AnswerUsage | undefined {
  const tokens = object(usage["tokens"]);
  const billed = object(usage["billed_units"]);
  if (!("input_tokens" in tokens) && !("input_tokens" in billed)) return undefined;
  const seen = "input_tokens" in tokens ? tokens : billed;
  return {
    prompt: count(seen["input_tokens"]),
    cacheRead: count(usage["cached_tokens"]),
    cacheWrite: 0,
    completion: count(seen["output_tokens"]),
    reasoning: count(tokens["reasoning_tokens"]),
    ...("input_tokens" in billed
      ? { alternative: { prompt: count(billed["input_tokens"]), completion: count(billed["output_tokens"]) } }
      : {}),
  };
}
