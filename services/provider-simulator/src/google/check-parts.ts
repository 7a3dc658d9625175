import { isObject, type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import { field } from "./either-case.ts";
import { invalid } from "./errors.ts";

/** Checks media, results of functions and, for models that insist, the signatures of calls. */
export function checkParts(contents: readonly JsonObject[], insists: boolean): Refusal | undefined {
  for (const [index, content] of contents.entries()) {
    const parts = partsOf(content);
    const refusal = parts.map(checkMedia).find((each) => each !== undefined) ?? checkResults(parts, partsOf(contents[index - 1]));
    if (refusal !== undefined) return refusal;
  }
  return insists ? checkSignatures(contents) : undefined;
}

function partsOf(content: JsonObject | undefined): readonly JsonObject[] {
  const parts = content?.["parts"];
  return (isObject(parts) ? [parts] : listOf(parts)).filter(isObject);
}

function checkMedia(part: JsonObject): Refusal | undefined {
  const inline = objectOf(field(part, "inlineData"));
  if (inline === undefined || (textOf(field(inline, "mimeType")) ?? "") !== "") return undefined;
  return invalid("Unable to submit request because it must have a mimeType value for inlineData.");
}

function checkResults(parts: readonly JsonObject[], before: readonly JsonObject[]): Refusal | undefined {
  const results = parts.map((part) => objectOf(field(part, "functionResponse"))).filter((result) => result !== undefined);
  if (results.some((result) => !isObject(result["response"]))) {
    return invalid("Invalid value at 'contents.parts.function_response.response' (type.googleapis.com/google.protobuf.Struct)");
  }
  const calls = before.filter((part) => field(part, "functionCall") !== undefined).length;
  if (results.length === 0 || results.length === calls) return undefined;
  return invalid(
    "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
  );
}

/** Of the calls since the user last spoke, the first of each turn must carry its signature. */
function checkSignatures(contents: readonly JsonObject[]): Refusal | undefined {
  const spoke = contents.findLastIndex((content) => content["role"] !== "model" && partsOf(content).some((part) => part["text"] !== undefined));
  const unsigned = contents.slice(spoke + 1).some((content) => {
    const first = partsOf(content).find((part) => field(part, "functionCall") !== undefined);
    return first !== undefined && (textOf(field(first, "thoughtSignature")) ?? "") === "";
  });
  return unsigned ? invalid("Function call is missing a thought_signature in functionCall parts.") : undefined;
}
