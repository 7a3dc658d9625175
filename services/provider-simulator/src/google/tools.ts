import type { OfferedTool, ToolChoice } from "../answer/question.ts";
import { isObject, type JsonObject, listOf, objectOf, textOf, textsOf } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import { field } from "./either-case.ts";
import { invalid } from "./errors.ts";

/** The functions that the caller declares, of those only the ones it allows. */
export function readTools(body: JsonObject): readonly OfferedTool[] {
  const { tools: given } = body;
  const entries = (isObject(given) ? [given] : listOf(given)).filter(isObject);
  const declared = entries.flatMap((entry) => listOf(field(entry, "functionDeclarations"))).filter(isObject);
  const allowed = new Set(textsOf(field(callingConfig(body), "allowedFunctionNames")));
  const tools: OfferedTool[] = [];
  for (const declaration of declared) {
    const name = textOf(declaration["name"]);
    const schema = objectOf(field(declaration, "parametersJsonSchema")) ?? objectOf(declaration["parameters"]);
    if (name !== undefined && (allowed.size === 0 || allowed.has(name))) tools.push({ name, schema });
  }
  return tools;
}

/** Reads the mode of `functionCallingConfig`. */
export function readToolChoice(body: JsonObject, tools: readonly OfferedTool[]): ToolChoice | Refusal {
  const mode = textOf(field(callingConfig(body), "mode"))?.toUpperCase();
  if (mode === "NONE") return { kind: "none" };
  if (mode !== "ANY") return { kind: "auto" };
  if (tools.length > 0) return { kind: "required" };
  return invalid("Function calling config is set without function_declarations.");
}

function callingConfig(body: JsonObject): JsonObject | undefined {
  return objectOf(field(objectOf(field(body, "toolConfig")), "functionCallingConfig"));
}
