import type { FieldNames } from "../caller-names.ts";

/** What the Responses API calls the fields of the contract. */
export const RESPONSES_FIELD_NAMES: FieldNames = [
  [/^end_user\b/, "safety_identifier"],
  [/^previous_answer\b/, "previous_response_id"],
  [/^reasoning\.include_text\b/, "reasoning.summary"],
  [/^tool_choice\.parallel\b/, "parallel_tool_calls"],
  [/^response_format\.json_schema\.schema_json\b/, "text.format.schema"],
  [/^response_format\.json_schema\b/, "text.format"],
  [/^response_format\b/, "text.format"],
  [/^tools\[(\d+)\]\.parameters_json\b/, "tools[$1].parameters"],
];
