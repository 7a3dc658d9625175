import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { UnknownFieldSchema } from "@fairlead/contracts/chat/v1/content";
import { MESSAGES_FIELD_NAMES } from "./anthropic/field-names.ts";
import { callerNames } from "./caller-names.ts";
import { CHAT_FIELD_NAMES } from "./openai/field-names.ts";
import { RESPONSES_FIELD_NAMES } from "./responses/field-names.ts";

const field = (dialect: string, name: string, value: JsonValue) => create(UnknownFieldSchema, { dialect, name, value: fromJson(ValueSchema, value) });
const named = callerNames(CHAT_FIELD_NAMES, [
  field("openai.chat", "metadata", {}),
  field("openai.chat.nested", "messages", { "[0].extra": 1 }),
  field("openai.chat.nested", "messages", { "[0].a": 1, "[1].b": 1 }),
]);

describe("an unknown field", () => {
  it.each([
    ["unknown_fields[0]", "metadata"],
    ["chat.unknown_fields[0]: is not taken.", "chat.metadata: is not taken."],
    ["unknown_fields[1]", "messages[0].extra"],
    ["unknown_fields[2]", "messages"],
    ["unknown_fields[9]", "unknown_fields[9]"],
    ["temperature", "temperature"],
  ])("that the contract tells as %s is %s to its caller", (numbered, name) => {
    expect(named(numbered)).toBe(name);
  });
});

describe("a field of the contract", () => {
  it.each([
    [CHAT_FIELD_NAMES, "candidate_count", "n"],
    [CHAT_FIELD_NAMES, "chat.tools[3].parameters_json: a JSON object is expected", "tools[3].function.parameters: a JSON object is expected"],
    [CHAT_FIELD_NAMES, "messages[0].parts[1].image", "messages[0].parts[1].image"],
    [CHAT_FIELD_NAMES, "max_output_tokens_of_another", "max_output_tokens_of_another"],
    [RESPONSES_FIELD_NAMES, "chat.previous_answer", "previous_response_id"],
    [RESPONSES_FIELD_NAMES, "response_format.json_schema.schema_json", "text.format.schema"],
    [MESSAGES_FIELD_NAMES, "tool_choice.parallel", "tool_choice.disable_parallel_tool_use"],
    [MESSAGES_FIELD_NAMES, "reasoning.budget_tokens", "thinking.budget_tokens"],
  ])("has the name that its caller gave it: %#", (names, path, name) => {
    expect(callerNames(names, [])(path)).toBe(name);
  });
});
