import type { FieldNames } from "../caller-names.ts";

/** What chat completions call the fields of the contract. */
export const CHAT_FIELD_NAMES: FieldNames = [
  [/^candidate_count\b/, "n"],
  [/^max_output_tokens\b/, "max_completion_tokens"],
  [/^stop_sequences\b/, "stop"],
  [/^end_user\b/, "user"],
  [/^reasoning(\.\w+)?\b/, "reasoning_effort"],
  [/^tool_choice\.parallel\b/, "parallel_tool_calls"],
  [/^response_format\.json_schema\.schema_json\b/, "response_format.json_schema.schema"],
  [/^tools\[(\d+)\]\.parameters_json\b/, "tools[$1].function.parameters"],
  [/^tools\[(\d+)\]\.(name|description|strict)\b/, "tools[$1].function.$2"],
];
