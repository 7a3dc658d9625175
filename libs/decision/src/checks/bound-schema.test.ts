import { boundSchema, SCHEMA_BOUNDS } from "./bound-schema.ts";

const nested = (depth: number) => `${'{"items":'.repeat(depth)}{}${"}".repeat(depth)}`;

describe("bounding a schema", () => {
  it.each([
    ['{"type":"object"}'],
    ["true"],
    ['{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}'],
    ['{"properties":{"$ref":{"type":"string"}}}'],
    [nested(SCHEMA_BOUNDS.depth - 1)],
  ])("takes %s", (text) => expect(boundSchema(text)).toEqual({ schema: JSON.parse(text) }));

  it.each([
    ["no JSON", "{", "is not valid JSON"],
    ["a number", "1", "is neither an object nor a boolean"],
    ["a list", "[]", "is neither an object nor a boolean"],
    ["a remote reference", '{"items":{"$ref":"https://example.com/a.json"}}', "refers to something outside itself"],
    ["a reference to a file", '{"$ref":"file:///etc/passwd"}', "refers to something outside itself"],
    ["too deep a nest", nested(SCHEMA_BOUNDS.depth), "is nested more than 64 deep"],
    ["a very deep nest", nested(20_000), "is nested more than 64 deep"],
    ["too many parts", `{"allOf":[${Array.from({ length: 20_001 }, () => "{}").join(",")}]}`, "has more than 20000 parts"],
    ["too long a text", `{"title":"${"x".repeat(300_000)}"}`, "has more than 262144 characters"],
  ])("does not take %s", (_, text, problem) => expect(boundSchema(text)).toEqual({ problem }));
});
