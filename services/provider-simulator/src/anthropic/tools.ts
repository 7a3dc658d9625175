import type { OfferedTool, ToolChoice } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import { invalid } from "./errors.ts";

/** The caller's own tools; tools that the vendor runs have no schema and are left out. */
export function readTools(body: JsonObject): readonly OfferedTool[] {
  const tools: OfferedTool[] = [];
  for (const entry of listOf(body["tools"])) {
    const name = isObject(entry) ? textOf(entry["name"]) : undefined;
    const schema = isObject(entry) ? objectOf(entry["input_schema"]) : undefined;
    if (name !== undefined && schema !== undefined) tools.push({ name, schema });
  }
  return tools;
}

/** Reads `tool_choice` and checks it against the tools that are offered. */
export function readToolChoice(body: JsonObject, tools: readonly OfferedTool[]): ToolChoice | Refusal {
  const choice = objectOf(body["tool_choice"]);
  const type = choice?.["type"];
  if (choice === undefined || type === "auto") return { kind: "auto" };
  if (type === "none") return { kind: "none" };
  if (tools.length === 0) return invalid("tool_choice: tool_choice may only be specified while providing tools.");
  if (type === "any") return { kind: "required" };
  const name = textOf(choice["name"]) ?? "";
  if (tools.some((tool) => tool.name === name)) return { kind: "named", name };
  return invalid(`Tool '${name.slice(0, 100)}' not found in provided tools`);
}
