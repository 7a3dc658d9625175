import { hashText } from "../answer/hash.ts";
import type { Question } from "../answer/question.ts";
import { isObject, type JsonObject, listOf } from "../json.ts";
import { field } from "./either-case.ts";

/** What Google's own tools did before the text of an answer. */
export interface HostedWork {
  /** Parts before the text. */
  readonly parts: readonly JsonObject[];
  /** Fields of the candidate. */
  readonly about: JsonObject;
}

const NONE: HostedWork = { parts: [], about: {} };

/** Runs code or searches where the caller offers that and speaks of it. */
export function runHosted(body: JsonObject, { lastUserText, afterToolResult }: Question): HostedWork {
  const { tools } = body;
  const offered = (isObject(tools) ? [tools] : listOf(tools)).filter(isObject);
  const offers = (name: string) => offered.some((tool) => field(tool, name) !== undefined);
  if (afterToolResult) return NONE;
  if (offers("codeExecution") && /\bcode\b/i.test(lastUserText)) return runCode(lastUserText);
  if (offers("googleSearch") && /\bsearch/i.test(lastUserText)) return search(lastUserText);
  return NONE;
}

function runCode(text: string): HostedWork {
  const code = `print(${hashText(text) % 1_000})`;
  return {
    parts: [
      { executableCode: { language: "PYTHON", code } },
      { codeExecutionResult: { outcome: "OUTCOME_OK", output: `${hashText(text) % 1_000}\n` } },
    ],
    about: {},
  };
}

function search(text: string): HostedWork {
  const title = `about-${hashText(text).toString(16)}.example.com`;
  const groundingChunks = [{ web: { uri: `https://${title}/`, title } }];
  return { parts: [], about: { groundingMetadata: { webSearchQueries: [text.slice(0, 80)], groundingChunks } } };
}
