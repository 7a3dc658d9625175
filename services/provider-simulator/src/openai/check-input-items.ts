import { isObject, type JsonObject, listOf, textOf } from "../json.ts";
import { Refusal } from "../refusal.ts";
import { checkReasoningItem } from "./encrypted-reasoning.ts";
import { invalidValue } from "./errors.ts";
import type { ResponseMemory } from "./response-memory.ts";

const SAID: ReadonlySet<unknown> = new Set(["output_text", "refusal"]);
const GIVEN: ReadonlySet<unknown> = new Set(["input_text", "input_image", "input_file"]);

/** What the items of an input are checked against. */
export interface InputPlace {
  readonly deployment: string;
  readonly memory: ResponseMemory;
  /** Calls of the response that the input continues. */
  readonly openCalls: readonly string[];
}

/** Refuses content in the wrong role, results and calls without each other, and reasoning that is not known here. */
export function checkInputItems(items: readonly JsonObject[], place: InputPlace): Refusal | undefined {
  const open = new Set(place.openCalls);
  for (const [index, item] of items.entries()) {
    const refusal = checkItem(item, index, open, place);
    if (refusal !== undefined) return refusal;
  }
  const [unanswered] = open;
  if (unanswered === undefined) return undefined;
  return new Refusal("invalid", `No tool output found for function call ${unanswered}.`, { param: "input" });
}

function checkItem(item: JsonObject, index: number, open: Set<string>, place: InputPlace): Refusal | undefined {
  const callId = textOf(item["call_id"]) ?? "";
  switch (item["type"] ?? "message") {
    case "message":
      return checkContent(item, index);
    case "reasoning":
      return checkReasoningItem(item, place.deployment, place.memory);
    case "function_call":
      open.add(callId);
      return undefined;
    case "function_call_output":
      if (open.delete(callId)) return undefined;
      return new Refusal(
        "invalid",
        `No tool call found for function call output with call_id ${callId.slice(0, 100)}.`,
        { param: "input" },
      );
    default:
      return undefined;
  }
}

function checkContent(item: JsonObject, index: number): Refusal | undefined {
  const allowed = item["role"] === "assistant" ? SAID : GIVEN;
  const wrong = listOf(item["content"]).findIndex((part) => !isObject(part) || !allowed.has(part["type"]));
  if (wrong < 0) return undefined;
  const supported = [...allowed].map((type) => `'${String(type)}'`).join(", ");
  return invalidValue(`input[${index}].content[${wrong}]`, `Invalid value. Supported values are: ${supported}.`);
}
