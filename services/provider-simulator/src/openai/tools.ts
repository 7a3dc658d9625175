import type { OfferedTool, ToolChoice } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import { invalidValue } from "./errors.ts";

/** The functions in `tools`: nested under `function` in chat completions, flat in responses. */
export function readTools(body: JsonObject): readonly OfferedTool[] {
  const tools: OfferedTool[] = [];
  for (const entry of listOf(body["tools"])) {
    if (!isObject(entry) || entry["type"] !== "function") continue;
    const declared = objectOf(entry["function"]) ?? entry;
    const name = textOf(declared["name"]);
    if (name !== undefined) tools.push({ name, schema: objectOf(declared["parameters"]) });
  }
  return tools;
}

/** Reads `tool_choice` and checks it against the tools that are offered. */
export function readToolChoice(body: JsonObject, tools: readonly OfferedTool[]): ToolChoice | Refusal {
  const choice = body["tool_choice"];
  if (choice === undefined || choice === null || choice === "auto") return { kind: "auto" };
  if (choice === "none") return { kind: "none" };
  if (tools.length === 0)
    return invalidValue("tool_choice", "'tool_choice' is only allowed when 'tools' are specified.");
  if (choice === "required") return { kind: "required" };
  const name = isObject(choice) ? textOf((objectOf(choice["function"]) ?? choice)["name"]) : undefined;
  if (name !== undefined && tools.some((tool) => tool.name === name)) return { kind: "named", name };
  return invalidValue("tool_choice", `Tool choice '${name ?? String(choice)}' not found in 'tools' parameter.`);
}
