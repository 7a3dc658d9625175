import type { FieldNames } from "../caller-names.ts";

/** What Anthropic's Messages call the fields of the contract. */
export const MESSAGES_FIELD_NAMES: FieldNames = [
  [/^max_output_tokens\b/, "max_tokens"],
  [/^end_user\b/, "metadata.user_id"],
  [/^reasoning\.effort\b/, "output_config.effort"],
  [/^reasoning\.include_text\b/, "thinking.display"],
  [/^reasoning\b/, "thinking"],
  [/^tool_choice\.parallel\b/, "tool_choice.disable_parallel_tool_use"],
  [/^response_format\.json_schema\.schema_json\b/, "output_config.format.schema"],
  [/^response_format\b/, "output_config.format"],
  [/^tools\[(\d+)\]\.parameters_json\b/, "tools[$1].input_schema"],
];
