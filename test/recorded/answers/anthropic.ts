import { addState, type Answer, type AnswerUsage, type Gathering, gather, gathered } from "../answer.ts";
import { count, type Loose, object, objects, parseJson, text } from "../json.ts";
import { errorWords, readEvents } from "./events.ts";

/** Reads an answer of Anthropic's Messages API. */
export function readMessages(body: string, streamed: boolean): Answer {
  return streamed ? readMessageEvents(readEvents(body)) : readMessage(object(parseJson(body)));
}

function readMessage(body: Loose): Answer {
  const error = body["type"] === "error" ? errorWords(body["error"]) : undefined;
  if (error !== undefined) return { choices: [], usage: undefined, error };
  const gathering = gather();
  for (const block of objects(body["content"])) addBlock(gathering, block);
  gathering.finish = finishWord(body["stop_reason"]);
  return { choices: [gathered(gathering)], usage: toUsage(object(body["usage"])), error };
}

function readMessageEvents(events: readonly Loose[]): Answer {
  const blocks = new Map<unknown, { block: Loose; json: string }>();
  let stopReason: unknown;
  let usage: Loose = {};
  let error: string | undefined;
  for (const event of events) {
    if (event["type"] === "message_stop") break;
    const at = event["index"];
    if (event["type"] === "error") error ??= errorWords(event["error"]);
    else if (event["type"] === "message_start") usage = { ...usage, ...told(object(event["message"])["usage"]) };
    else if (event["type"] === "content_block_start") blocks.set(at, { block: object(event["content_block"]), json: "" });
    else if (event["type"] === "content_block_delta") {
      const open = blocks.get(at);
      if (open !== undefined) blocks.set(at, advance(open, object(event["delta"])));
    } else if (event["type"] === "message_delta") {
      stopReason = object(event["delta"])["stop_reason"] ?? stopReason;
      // Counts are totals so far: a later one takes the place of an earlier one.
      usage = { ...usage, ...told(event["usage"]) };
    }
  }
  const content = [...blocks.values()].map(({ block, json }) =>
    json === "" ? block : { ...block, input: parseJson(json) ?? json },
  );
  const answer = readMessage({ content, stop_reason: stopReason, usage });
  return { ...answer, choices: content.length === 0 && error !== undefined ? [] : answer.choices, error };
}

/** Fields of usage that say something. */
function told(usage: unknown): Loose {
  return Object.fromEntries(Object.entries(object(usage)).filter(([, value]) => value !== null));
}

function advance({ block, json }: { block: Loose; json: string }, delta: Loose): { block: Loose; json: string } {
  switch (delta["type"]) {
    case "text_delta":
      return { block: { ...block, text: text(block["text"]) + text(delta["text"]) }, json };
    case "thinking_delta":
      return { block: { ...block, thinking: text(block["thinking"]) + text(delta["thinking"]) }, json };
    case "input_json_delta":
      return { block, json: json + text(delta["partial_json"]) };
    case "signature_delta":
      return { block: { ...block, signature: text(block["signature"]) + text(delta["signature"]) }, json };
    case "compaction_delta":
      return { block: { ...block, content: text(block["content"]) + text(delta["content"]) }, json };
    default:
      return { block, json };
  }
}

function addBlock(gathering: Gathering, block: Loose): void {
  if (block["type"] === "thinking") addState(gathering, block["signature"]);
  if (block["type"] === "redacted_thinking") addState(gathering, block["data"]);
  if (block["type"] === "text") gathering.text += text(block["text"]);
  else if (block["type"] === "thinking") gathering.reasoning += text(block["thinking"]);
  else if (block["type"] === "tool_use")
    gathering.calls.push({ id: text(block["id"]), name: text(block["name"]), json: "", value: block["input"] ?? {} });
  else if (block["type"] !== "redacted_thinking") gathering.foreign.push(block);
}

const FINISHES: ReadonlyMap<string, string> = new Map([
  ["end_turn", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"],
  ["pause_turn", "pause"],
]);

function finishWord(reason: unknown): string {
  const word = text(reason);
  return FINISHES.get(word) ?? word;
}

/** Cached tokens stand beside the others. */
function toUsage(usage: Loose): AnswerUsage | undefined {
  if (!("input_tokens" in usage) && !("output_tokens" in usage)) return undefined;
  const cacheRead = count(usage["cache_read_input_tokens"]);
  const cacheWrite = count(usage["cache_creation_input_tokens"]);
  const reasoning =
    count(object(usage["output_tokens_details"])["thinking_tokens"]) ||
    count(object(usage["output_tokens_details"])["reasoning_tokens"]);
  return {
    prompt: count(usage["input_tokens"]) + cacheRead + cacheWrite,
    cacheRead,
    cacheWrite,
    completion: count(usage["output_tokens"]),
    reasoning,
  };
}
