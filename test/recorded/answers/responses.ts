import {
  addState,
  type Answer,
  type AnswerChoice,
  type AnswerUsage,
  EMPTY_ANSWER,
  type Gathering,
  gather,
  gathered,
} from "../answer.ts";
import { count, type Loose, object, objects, parseJson, text } from "../json.ts";
import { errorWords, readEvents } from "./events.ts";

/** Reads an answer of OpenAI's Responses API and of servers like it. */
export function readResponses(body: string, streamed: boolean): Answer {
  return streamed ? readResponseEvents(readEvents(body)) : readResponse(object(parseJson(body)));
}

const ENDINGS: ReadonlySet<unknown> = new Set(["response.completed", "response.incomplete", "response.failed", "response.done"]);

/** Some servers leave the output of the last event empty, and state is encrypted anew in it: items count as they were closed. */
function readResponseEvents(all: readonly Loose[]): Answer {
  const end = all.findIndex((event) => ENDINGS.has(event["type"]));
  const events = end < 0 ? all : all.slice(0, end + 1);
  const failed = events.find((event) => event["type"] === "error" || (event["type"] === undefined && "error" in event));
  const last = end < 0 ? {} : object(events.at(-1)?.["response"]);
  const items = events.filter((event) => event["type"] === "response.output_item.done").map((event) => object(event["item"]));
  const output = objects(last["output"]);
  const whole =
    end < 0 ? EMPTY_ANSWER : readResponse(items.length > 0 && items.length >= output.length ? { ...last, output: items } : last);
  return { ...whole, error: whole.error ?? errorWords(failed === undefined ? undefined : (failed["error"] ?? failed)) };
}

/**
 * What the pieces of a stream add up to, item by item, without looking at whole items.
 * Undefined: it has no pieces.
 */
export function readResponsePieces(body: string): Pick<AnswerChoice, "text" | "reasoning" | "calls"> | undefined {
  const gathering = gather();
  const calls = new Map<unknown, Gathering["calls"][number]>();
  let pieces = false;
  for (const event of readEvents(body)) {
    const delta = text(event["delta"]);
    const item = object(event["item"]);
    if (event["type"] === "response.output_text.delta") gathering.text += delta;
    else if (event["type"] === "response.reasoning_summary_text.delta" || event["type"] === "response.reasoning_text.delta")
      gathering.reasoning += delta;
    else if (event["type"] === "response.output_item.added" && item["type"] === "function_call") {
      const call = { id: text(item["call_id"]), name: text(item["name"]), json: "" };
      calls.set(event["output_index"], call);
      gathering.calls.push(call);
    } else if (event["type"] === "response.function_call_arguments.delta") {
      const call = calls.get(event["output_index"]);
      if (call !== undefined) call.json += delta;
    } else continue;
    pieces = true;
  }
  return pieces ? gathered(gathering) : undefined;
}

function readResponse(body: Loose): Answer {
  const error = errorWords(body["error"]);
  const output = objects(body["output"]);
  const choices = error !== undefined && output.length === 0 ? [] : [readOutput(output, finishOf(body))];
  return { choices, usage: readUsage(body["usage"]), error };
}

function readOutput(items: readonly Loose[], finish: string): AnswerChoice {
  const gathering = gather();
  for (const item of items) addItem(gathering, item);
  gathering.finish = finish === "stop" && gathering.calls.length > 0 ? "tool_calls" : finish;
  return gathered(gathering);
}

function addItem(gathering: Gathering, item: Loose): void {
  if (item["type"] === "message") {
    for (const part of objects(item["content"])) {
      gathering.text += part["type"] === "output_text" ? text(part["text"]) : "";
      gathering.refusal += text(part["refusal"]);
    }
  } else if (item["type"] === "reasoning") {
    addState(gathering, item["encrypted_content"]);
    for (const part of [...objects(item["summary"]), ...objects(item["content"])]) gathering.reasoning += text(part["text"]);
  } else if (item["type"] === "function_call") {
    gathering.calls.push({ id: text(item["call_id"]), name: text(item["name"]), json: text(item["arguments"]) });
  } else {
    gathering.foreign.push(item);
  }
}

function finishOf(body: Loose): string {
  const reason = object(body["incomplete_details"])["reason"];
  if (reason === "max_output_tokens") return "length";
  if (typeof reason === "string") return reason;
  return body["status"] === "completed" ? "stop" : text(body["status"]);
}

function readUsage(value: unknown): AnswerUsage | undefined {
  const usage = object(value);
  if (!("input_tokens" in usage)) return undefined;
  const prompt = count(usage["input_tokens"]);
  const completion = count(usage["output_tokens"]);
  const reasoning = count(object(usage["output_tokens_details"])["reasoning_tokens"]);
  const beside = reasoning > 0 && count(usage["total_tokens"]) === prompt + completion + reasoning;
  const details = object(usage["input_tokens_details"]);
  return {
    prompt,
    cacheRead: count(details["cached_tokens"]),
    cacheWrite: count(details["cache_write_tokens"]),
    completion: beside ? completion + reasoning : completion,
    reasoning,
  };
}
