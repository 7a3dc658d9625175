import { type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";

/** Demands that every tool call is answered by the tool messages right after it, and no tool message stands alone. */
export function checkToolResults(messages: readonly JsonObject[]): Refusal | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message["role"] === "tool") {
      if (!open.delete(textOf(message["tool_call_id"]) ?? "")) return orphan(index);
      continue;
    }
    if (open.size > 0) return unanswered(open);
    open = new Set(callIds(message));
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function callIds(message: JsonObject): readonly string[] {
  return listOf(message["tool_calls"]).map((call) => textOf(objectOf(call)?.["id"]) ?? "");
}

function orphan(index: number): Refusal {
  const message =
    "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
  return new Refusal("invalid", message, { param: `messages.[${index}].role` });
}

function unanswered(open: ReadonlySet<string>): Refusal {
  const ids = [...open].slice(0, 8).join(", ");
  const message =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
    `The following tool_call_ids did not have response messages: ${ids}`;
  return new Refusal("invalid", message, { param: "messages" });
}
