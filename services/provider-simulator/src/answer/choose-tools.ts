import type { OfferedTool, Question } from "./question.ts";

const COMMON_WORDS: ReadonlySet<string> = new Set([
  "call",
  "create",
  "fetch",
  "find",
  "from",
  "function",
  "list",
  "lookup",
  "make",
  "read",
  "search",
  "send",
  "tool",
  "update",
  "user",
  "with",
  "write",
]);
const PLAIN_REQUEST = /\b(?:use|call|using)\s+(?:the|a|an|your)\s+(?:tools?|functions?)\b/;

/**
 * The tools that the simulated model calls, by a fixed rule:
 * - choice `none` or no tools: none; a named tool: that one, if it is offered;
 * - every tool whose name stands in the last text of the user (one only, unless parallel calls are allowed);
 * - else the first tool of whose name a telling word stands in it ("weather" for `get_weather`);
 * - else the first tool, if the choice is `required` or the text asks to "use the tool";
 * - with choice `auto`, none once a tool's result follows the last text of the user.
 */
export function chooseTools(question: Question): readonly OfferedTool[] {
  const { tools, toolChoice } = question;
  if (tools.length === 0 || toolChoice.kind === "none") return [];
  if (toolChoice.kind === "named") return tools.filter((tool) => tool.name === toolChoice.name).slice(0, 1);
  const required = toolChoice.kind === "required";
  if (question.afterToolResult && !required) return [];
  const meant = toolsMeant(question);
  return meant.length === 0 && required ? tools.slice(0, 1) : meant;
}

function toolsMeant(question: Question): readonly OfferedTool[] {
  const text = question.lastUserText.toLowerCase();
  const named = question.tools.filter((tool) => text.includes(tool.name.toLowerCase()));
  if (named.length > 0) return question.parallelTools ? named : named.slice(0, 1);
  const words = new Set(text.split(/[^\p{L}\p{N}]+/u));
  const hinted = question.tools.find((tool) => tellingWords(tool.name).some((word) => words.has(word)));
  if (hinted !== undefined) return [hinted];
  return PLAIN_REQUEST.test(text) ? question.tools.slice(0, 1) : [];
}

function tellingWords(name: string): readonly string[] {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.filter((word) => word.length >= 4 && !COMMON_WORDS.has(word));
}
