import { type Answer, type AnswerUsage, type Gathering, gather, gathered } from "../answer.ts";
import { count, type Loose, object, objects, parseJson, text } from "../json.ts";
import { errorWords, readEvents } from "./events.ts";

/** Reads an answer of OpenAI's chat completions and of servers like it. */
export function readChat(body: string, streamed: boolean): Answer {
  return streamed ? readChunks(readEvents(body)) : readCompletion(object(parseJson(body)));
}

function readCompletion(body: Loose): Answer {
  const choices = objects(body["choices"]).map((choice) => {
    const gathering = gather();
    addMessage(gathering, object(choice["message"]));
    gathering.reasoning ||= detailsText(object(choice["message"])["reasoning_details"]);
    gathering.finish = finishWord(choice["finish_reason"]);
    return gathered(gathering);
  });
  return { choices, usage: readUsage(body["usage"]), error: errorWords(body["error"]) };
}

function readChunks(events: readonly Loose[]): Answer {
  const choices: Gathering[] = [];
  const details: string[] = [];
  let usage: AnswerUsage | undefined;
  let error: string | undefined;
  for (const event of events) {
    usage = readUsage(event["usage"]) ?? readUsage(object(event["x_groq"])["usage"]) ?? usage;
    error ??= errorWords(event["error"]);
    for (const choice of objects(event["choices"])) {
      const index = count(choice["index"]);
      const gathering = (choices[index] ??= gather());
      const message = object(choice["delta"] ?? choice["message"]);
      addMessage(gathering, message);
      details[index] = (details[index] ?? "") + detailsText(message["reasoning_details"]);
      gathering.finish = finishWord(choice["finish_reason"]) || gathering.finish;
    }
  }
  // Details say the same again where there are both.
  choices.forEach((choice, index) => (choice.reasoning ||= details[index] ?? ""));
  return { choices: choices.map(gathered), usage, error };
}

function addMessage(gathering: Gathering, message: Loose): void {
  addContent(gathering, message["content"]);
  gathering.refusal += text(message["refusal"]);
  gathering.reasoning += text(message["reasoning_content"]) || text(message["reasoning"]);
  for (const call of objects(message["tool_calls"])) addCall(gathering, call);
  if (object(message["function_call"])["name"] !== undefined) addCall(gathering, { function: message["function_call"] });
}

/** Text, or a list in which Mistral tells thinking apart. */
function addContent(gathering: Gathering, content: unknown): void {
  gathering.text += text(content);
  for (const part of objects(content)) {
    if (part["type"] === "thinking")
      gathering.reasoning += objects(part["thinking"])
        .map(({ text: words }) => text(words))
        .join("");
    else gathering.text += text(part["text"]);
  }
}

function detailsText(details: unknown): string {
  return objects(details)
    .map((detail) => text(detail["text"]) || text(detail["summary"]))
    .join("");
}

/** A call without an index goes on with the last one unless it has a new id. Servers count from any number. */
function addCall(gathering: Gathering, call: Loose): void {
  const { name, arguments: json } = object(call["function"]);
  const id = text(call["id"]);
  const key = typeof call["index"] === "number" ? call["index"] : undefined;
  const calls = gathering.calls as (Gathering["calls"][number] & { key?: number | undefined })[];
  let found =
    key === undefined
      ? id === ""
        ? calls.at(-1)
        : calls.find((one) => one.id === id)
      : calls.findLast((one) => one.key === key);
  if (found !== undefined && id !== "" && found.id !== "" && found.id !== id) found = undefined;
  if (found === undefined) calls.push((found = { id, name: "", json: "", key }));
  if (found.name === "") found.name = text(name);
  if (found.id === "") found.id = id;
  if (typeof json === "object" && json !== null) found.value = json;
  else found.json += text(json);
}

const FINISHES: ReadonlyMap<string, string> = new Map([
  ["function_call", "tool_calls"],
  ["model_length", "length"],
  ["max_tokens", "length"],
  ["end_turn", "stop"],
  ["eos", "stop"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool_calls"],
  ["sensitive", "content_filter"],
]);

function finishWord(reason: unknown): string {
  const word = text(reason);
  return FINISHES.get(word) ?? word;
}

/** Some servers count reasoning into the completion, some beside it; their total tells. */
function readUsage(value: unknown): AnswerUsage | undefined {
  const usage = object(value);
  if (!("prompt_tokens" in usage) && !("completion_tokens" in usage)) return undefined;
  const prompt = count(usage["prompt_tokens"]);
  const completion = count(usage["completion_tokens"]);
  const details = object(usage["prompt_tokens_details"]);
  const thought = count(object(usage["completion_tokens_details"])["reasoning_tokens"]) || count(usage["reasoning_tokens"]);
  const beside = thought > 0 && count(usage["total_tokens"]) === prompt + completion + thought;
  const cached =
    count(details["cached_tokens"]) ||
    count(usage["prompt_cache_hit_tokens"]) ||
    count(usage["num_cached_tokens"]) ||
    count(usage["cached_tokens"]);
  return {
    prompt,
    // Some servers count a preamble of theirs as cached that they do not count as prompt.
    cacheRead: Math.min(cached, prompt),
    cacheWrite: count(details["cache_write_tokens"]) || count(details["cache_creation_tokens"]),
    completion: beside ? completion + thought : completion,
    reasoning: beside ? thought : Math.min(thought, completion),
  };
}
