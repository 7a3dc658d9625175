import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { UnknownFieldSchema } from "@fairlead/contracts/chat/v1/content";
import { namesUnknownFields } from "./unknown-names.ts";

const field = (dialect: string, name: string, value: JsonValue) => create(UnknownFieldSchema, { dialect, name, value: fromJson(ValueSchema, value) });
const named = namesUnknownFields([
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
