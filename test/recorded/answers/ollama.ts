import { type Answer, type AnswerUsage, gather, gathered } from "../answer.ts";
import { count, type Loose, object, objects, parseJson, text } from "../json.ts";
import { errorWords, readJsonLines } from "./events.ts";

/** Reads an answer of Ollama's chat; a streamed one has an object a line. */
export function readOllama(body: string, streamed: boolean): Answer {
  const objectsOf = streamed ? readJsonLines(body) : [object(parseJson(body))];
  const gathering = gather();
  let usage: AnswerUsage | undefined;
  let error: string | undefined;
  for (const one of objectsOf) {
    const message = object(one["message"]);
    error ??= errorWords(one["error"]);
    gathering.text += text(message["content"]);
    gathering.reasoning += text(message["thinking"]);
    for (const call of objects(message["tool_calls"])) {
      const { name, arguments: value } = object(call["function"]);
      gathering.calls.push({
        id: text(call["id"]),
        name: text(name),
        json: text(value),
        value: typeof value === "string" ? undefined : (value ?? {}),
      });
    }
    if (one["done"] === true) {
      gathering.finish = text(one["done_reason"]) || "stop";
      usage = toUsage(one);
    }
  }
  if (gathering.finish === "stop" && gathering.calls.length > 0) gathering.finish = "tool_calls";
  return { choices: [gathered(gathering)], usage, error };
}

function toUsage(last: Loose): AnswerUsage | undefined {
  if (!("eval_count" in last) || !("prompt_eval_count" in last)) return undefined;
  return {
    prompt: count(last["prompt_eval_count"]),
    cacheRead: 0,
    cacheWrite: 0,
    completion: count(last["eval_count"]),
    reasoning: 0,
  };
}
