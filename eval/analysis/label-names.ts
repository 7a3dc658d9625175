/** The category of tasks that a label of another collection stands for. */
const CATEGORY: Readonly<Record<string, string>> = {
  conversation: "conversation",
  chat: "conversation",
  small_talk: "conversation",
  chitchat: "conversation",
  code: "code",
  coding: "code",
  programming: "code",
  livecodebench: "code",
  analysis: "analysis",
  math: "analysis",
  mathematics: "analysis",
  reasoning: "analysis",
  extraction: "analysis",
  stem: "analysis",
  humanities: "analysis",
  creative_writing: "creative_writing",
  writing: "creative_writing",
  roleplay: "creative_writing",
  multimodal: "multimodal",
  vision: "multimodal",
  function_calling: "function_calling",
  simple: "function_calling",
  multiple_function: "function_calling",
  parallel_function: "function_calling",
  parallel_multiple_function: "function_calling",
  executable_simple: "function_calling",
  executable_multiple_function: "function_calling",
  executable_parallel_function: "function_calling",
  executable_parallel_multiple_function: "function_calling",
  java: "function_calling",
  javascript: "function_calling",
  rest: "function_calling",
};

/** Names that are kinds of calls only where tools come with the prompt. */
const NEED_FUNCTIONS = new Set(["simple", "java", "javascript", "rest"]);

/** What `categoryOf` understands, for people: "coding, programming -> code" and so on. */
export function describeLabels(): string {
  const byCategory = Map.groupBy(Object.keys(CATEGORY), (label) => CATEGORY[label] ?? "");
  return [...byCategory].map(([category, labels]) => `    ${labels.join(", ")} -> ${category}`).join("\n");
}

/** The category that a label means; undefined where it is not known. Case, blanks and hyphens do not matter. */
export function categoryOf(label: string, hasFunctions: boolean): string | undefined {
  const name = label
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
  return NEED_FUNCTIONS.has(name) && !hasFunctions ? undefined : CATEGORY[name];
}
