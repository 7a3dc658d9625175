/** Fields of the wires that mean the same, by the name that adaptations have in the contract. */
const CONTRACT_NAMES: Readonly<Record<string, readonly string[]>> = {
  messages: ["messages", "input", "contents", "system", "systemInstruction"],
  tools: ["tools", "declarations", "hosted"],
  tool_choice: ["tool_choice", "toolConfig", "parallel_tool_calls"],
  max_output_tokens: ["max_tokens", "max_output_tokens", "generationConfig.maxOutputTokens", "options.num_predict"],
  temperature: ["temperature", "generationConfig.temperature", "options.temperature"],
  top_p: ["top_p", "p", "generationConfig.topP", "options.top_p"],
  top_k: ["top_k", "k", "generationConfig.topK", "options.top_k"],
  frequency_penalty: ["frequency_penalty", "generationConfig.frequencyPenalty"],
  presence_penalty: ["presence_penalty", "generationConfig.presencePenalty"],
  stop_sequences: ["stop", "stop_sequences", "generationConfig.stopSequences"],
  seed: ["seed", "generationConfig.seed"],
  response_format: [
    "response_format",
    "output_format",
    "text",
    "format",
    "generationConfig.schema",
    "generationConfig.responseMimeType",
  ],
  reasoning: [
    "reasoning",
    "reasoning_effort",
    "thinking",
    "think",
    "output_config",
    "generationConfig.thinkingConfig",
    "enable_thinking",
  ],
  candidate_count: ["n", "generationConfig.candidateCount"],
  end_user: ["user", "metadata"],
  previous_answer: ["previous_response_id"],
};

/** Whether a change at a path is told among the adaptations of an answer, which have the contract's names or their caller's. */
export function isTold(path: string, adaptations: readonly string[]): boolean {
  return adaptations.some((field) => namesOf(field).some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)));
}

function namesOf(field: string): readonly string[] {
  const plain = field.replace(/^(chat|request)\./, "");
  const head = plain.replace(/[.[].*$/, "");
  const alike = Object.entries(CONTRACT_NAMES).find(([contract, wires]) => contract === head || wires.includes(head))?.[1];
  return [...(alike ?? []), plain, plain.replace(/^unknown_fields\./, "")];
}
