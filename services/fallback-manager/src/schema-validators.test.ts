import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import { SchemaValidators } from "./schema-validators.ts";

const PERSON = {
  type: "object",
  properties: { name: { type: "string", minLength: 1 }, born: { type: "string", format: "date" }, tags: { type: "array", items: { $ref: "#/$defs/tag" } } },
  required: ["name"],
  additionalProperties: false,
  $defs: { tag: { type: "string", pattern: "^[a-z-]+$" } },
};

describe("validators of structured output", () => {
  const validators = new SchemaValidators(300);
  const check = (schema: unknown, text: string) => validators.prepare(JSON.stringify(schema))(text);

  it.each([
    ['{"name":"Ann"}', undefined],
    [' {"name":"Ann","born":"2001-02-28","tags":["a-b"]}\n', undefined],
    ['{"name":""}', 'it breaks "minLength" of its schema'],
    ['{"born":"2001-02-28"}', 'it breaks "required" of its schema'],
    ['{"name":"Ann","born":"yesterday"}', 'it breaks "format" of its schema'],
    ['{"name":"Ann","tags":["A"]}', 'it breaks "pattern" of its schema'],
    ['{"name":"Ann","age":3}', 'it breaks "additionalProperties" of its schema'],
    ['```json\n{"name":"Ann"}\n```', "it is not valid JSON"],
    ["", "it is not valid JSON"],
  ])("hold %s against a schema", (text, problem) => expect(check(PERSON, text)).toBe(problem));

  it("know 2020-12 and draft-07 apart", () => {
    const tuple = { prefixItems: [{ type: "number" }] };
    const older = { $schema: "http://json-schema.org/draft-07/schema#", items: [{ type: "number" }], definitions: {} };
    expect(check(tuple, '["a"]')).toBe('it breaks "type" of its schema');
    expect(check(older, '["a"]')).toBe('it breaks "type" of its schema');
    expect(check({ ...older, $schema: "http://json-schema.org/draft-04/schema#" }, "[1]")).toBeUndefined();
    expect(check({ $schema: "https://json-schema.org/draft/2020-12/schema", ...tuple }, "[1]")).toBeUndefined();
    expect(check(true, "1")).toBeUndefined();
    expect(check(false, "1")).toBe('it breaks "false schema" of its schema');
  });

  it("ignore words and formats that they do not know, and take patterns of the older kind", () => {
    expect(check({ type: "string", format: "postcode", colour: "red", pattern: "^[\\w-.]+$" }, '"a-b.c"')).toBeUndefined();
  });

  it("keep schemas with the same id apart", () => {
    expect(check({ $id: "https://example.com/a", type: "string" }, '"a"')).toBeUndefined();
    expect(check({ $id: "https://example.com/a", type: "number" }, '"a"')).toBe('it breaks "type" of its schema');
  });

  it.each([
    ["no schema", { type: "strings" }],
    ["a wrong word", { minLength: "1); process.exit(" }],
    ["a reference that leads nowhere", { $ref: "#/$defs/missing" }],
    ["a remote reference", { $ref: "https://example.com/schema.json" }],
    ["a pattern that is none", { pattern: "(" }],
  ])("refuse %s and name the field", (_, schema) => {
    let thrown: unknown;
    try {
      validators.prepare(JSON.stringify(schema));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FairleadError);
    expect((thrown as FairleadError).code).toBe(ErrorCode.INVALID_REQUEST);
    expect((thrown as FairleadError).detail.violations[0]?.field).toBe("chat.response_format.json_schema.schema_json");
  });

  it("stop a pattern, or a nest of references, that would run for ever", () => {
    const started = performance.now();
    expect(check({ pattern: "^(a+)+$" }, `"${"a".repeat(60)}!"`)).toBe("it could not be held against its schema in time");
    const laughs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`a${index}`, { allOf: [{ $ref: `#/$defs/a${index + 1}` }, { $ref: `#/$defs/a${index + 1}` }] }]));
    expect(check({ $ref: "#/$defs/a0", $defs: { ...laughs, a40: true } }, "1")).toBe("it could not be held against its schema in time");
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(check({ type: "number" }, "1")).toBeUndefined();
    expect(() => check({ pattern: "^(a+)+$" }, '"b"')).toThrow("takes too long");
  });

  it("prepare a schema once", () => {
    const text = JSON.stringify({ title: "once", ...PERSON });
    expect(validators.prepare(text)).toBe(validators.prepare(text));
  });
});
