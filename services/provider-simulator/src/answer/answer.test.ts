import { chooseTools } from "./choose-tools.ts";
import type { Question, ToolChoice } from "./question.ts";
import { createRandom } from "./random.ts";
import { RecentMap } from "./recent-map.ts";
import { satisfySchema } from "./satisfy-schema.ts";
import { splitText } from "./split-text.ts";
import { cutToTokens } from "./tokens.ts";

describe("satisfying a schema", () => {
  const values = (schema: object) =>
    Array.from({ length: 50 }, (_, seed) => satisfySchema(schema as never, createRandom(seed)));

  it.each([
    ["an enum", { enum: [1, "a", null] }, (value: unknown) => [1, "a", null].includes(value as null)],
    ["a const", { const: { a: 1 } }, (value: any) => value.a === 1],
    ["bounds", { type: "integer", minimum: 3, maximum: 4 }, (value: any) => value === 3 || value === 4],
    [
      "exclusive bounds",
      { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 2 },
      (value: any) => value > 0 && value < 2,
    ],
    ["a step", { type: "integer", multipleOf: 5, minimum: 1 }, (value: any) => value % 5 === 0 && value >= 1],
    [
      "lengths",
      { type: "string", minLength: 20, maxLength: 22 },
      (value: any) => value.length >= 20 && value.length <= 22,
    ],
    ["a short string", { type: "string", maxLength: 2 }, (value: any) => value.length <= 2],
    ["a date", { type: "string", format: "date-time" }, (value: any) => !Number.isNaN(Date.parse(value))],
    ["a nullable type", { type: ["null", "boolean"] }, (value: any) => typeof value === "boolean"],
    [
      "Gemini's types",
      { type: "ARRAY", items: { type: "NUMBER" }, minItems: 3 },
      (value: any) => value.length >= 3 && value.every(Number.isFinite),
    ],
    [
      "unique items",
      { type: "array", items: { enum: ["a", "b", "c"] }, minItems: 3, uniqueItems: true },
      (value: any) => new Set(value).size === 3,
    ],
    [
      "a tuple",
      { type: "array", prefixItems: [{ type: "string" }, { type: "boolean" }] },
      (value: any) => typeof value[1] === "boolean",
    ],
    [
      "allOf",
      { allOf: [{ properties: { a: { const: 1 } }, required: ["a"] }, { properties: { b: { const: 2 } } }] },
      (value: any) => value.a === 1 && value.b === 2,
    ],
    ["anyOf", { anyOf: [{ type: "boolean" }, { type: "null" }] }, (value: any) => typeof value === "boolean"],
    [
      "a reference",
      { $ref: "#/$defs/thing", $defs: { thing: { type: "object", properties: { x: { const: "y" } } } } },
      (value: any) => value.x === "y",
    ],
  ])("keeps to %s", (_, schema, holds) => {
    for (const value of values(schema)) expect(holds(value)).toBe(true);
  });

  it("ends recursive schemas, also hopeless ones", () => {
    const tree = {
      type: "object",
      properties: { value: { type: "number" }, children: { type: "array", items: { $ref: "#" } } },
      required: ["value"],
    };
    expect(JSON.stringify(satisfySchema(tree, createRandom(1))).length).toBeLessThan(100_000);
    const endless = { type: "object", properties: { a: { $ref: "#" }, b: { $ref: "#" } }, required: ["a", "b"] };
    expect(JSON.stringify(satisfySchema(endless, createRandom(1))).length).toBeLessThan(1_000_000);
    expect(satisfySchema({ $ref: "#" }, createRandom(1))).toBeDefined();
  });

  it("gives the same value for the same draws", () => {
    const schema = { type: "object", properties: { a: { type: "string" }, b: { type: "integer" } } };
    expect(satisfySchema(schema, createRandom(9))).toEqual(satisfySchema(schema, createRandom(9)));
  });
});

describe("choosing tools", () => {
  const tools = ["get_weather", "send_email", "readFile"].map((name) => ({ name, schema: undefined }));
  const choose = (lastUserText: string, kind: ToolChoice["kind"] = "auto", more: Partial<Question> = {}) => {
    const toolChoice = (kind === "named" ? { kind, name: "send_email" } : { kind }) as ToolChoice;
    const question = {
      tools,
      toolChoice,
      lastUserText,
      afterToolResult: false,
      parallelTools: true,
      ...more,
    } as Question;
    return chooseTools(question).map((tool) => tool.name);
  };

  it.each([
    ["nothing without a reason", choose("Tell me a story."), []],
    ["a tool by its name", choose("call GET_WEATHER now"), ["get_weather"]],
    ["all tools that are named", choose("get_weather, then send_email"), ["get_weather", "send_email"]],
    [
      "one of them where calls may not be parallel",
      choose("get_weather, then send_email", "auto", { parallelTools: false }),
      ["get_weather"],
    ],
    ["a tool by a telling word of its name", choose("Write an email to Ada."), ["send_email"]],
    ["no tool by a common word of its name", choose("Please read and send."), []],
    ["the first tool when asked to use the tool", choose("Now use the tool."), ["get_weather"]],
    ["the first tool when one is required", choose("Hello", "required"), ["get_weather"]],
    ["the meant tool when one is required", choose("an email please", "required"), ["send_email"]],
    ["the named tool", choose("weather", "named"), ["send_email"]],
    ["no tool when forbidden", choose("use the tool", "none"), []],
    ["no tool after a result", choose("get_weather", "auto", { afterToolResult: true }), []],
    [
      "a tool after a result when one is required",
      choose("get_weather", "required", { afterToolResult: true }),
      ["get_weather"],
    ],
  ])("takes %s", (_, chosen, expected) => expect(chosen).toEqual(expected));
});

describe("parting a text", () => {
  it("gives as many pieces as asked for, and all of the text", () => {
    const pieces = splitText("x".repeat(1_003), 100);
    expect(pieces).toHaveLength(100);
    expect(pieces.join("")).toHaveLength(1_003);
  });

  it("never parts a surrogate pair", () => {
    const text = "a😀b😀😀c";
    for (let count = 1; count < 12; count++) {
      const pieces = splitText(text, count);
      expect(pieces.join("")).toBe(text);
      for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
    }
    expect(cutToTokens("abc😀", 1).isWellFormed()).toBe(true);
  });

  it("gives nothing for nothing", () => expect(splitText("", 5)).toEqual([]));
});

describe("a map of recent entries", () => {
  it("forgets the entry that was longest unused", () => {
    const map = new RecentMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
  });
});
