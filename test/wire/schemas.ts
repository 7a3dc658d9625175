import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { message } from "./support/anthropic-wire.ts";
import { asked } from "./support/asked.ts";
import { chatStream, completion } from "./support/chat-wire.ts";
import { generated } from "./support/content-wire.ts";
import { ollamaAnswer } from "./support/ollama-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const SCHEMA = {
  type: "object",
  properties: {
    port: { type: "string" },
    berths: { type: "array", items: { $ref: "#/$defs/berth" } },
    note: { type: "string" },
  },
  required: ["port", "berths"],
  $defs: { berth: { type: "object", properties: { length: { type: "number" } }, required: ["length"] } },
};
const GOOD = '{"port":"Bergen","berths":[{"length":9}]}';
const CHECKED = { fairlead: { triggers: { invalid_output: true } } };
const BAD = '{"port":7}';

const formed = (model: string, strict?: boolean, more: object = {}) => {
  const format = {
    type: "json_schema",
    json_schema: { name: "harbour", schema: SCHEMA, ...(strict === undefined ? {} : { strict }) },
  };
  return asked("chat", model, { response_format: format, ...more });
};

/** Whether every object of a schema is closed and requires all that it has. */
function isStrict(schema: any): boolean {
  if (typeof schema !== "object" || schema === null) return true;
  const isObject = schema.type === "object" || schema.properties !== undefined;
  const closed =
    !isObject ||
    (schema.additionalProperties === false &&
      JSON.stringify(Object.keys(schema.properties).sort()) === JSON.stringify([...schema.required].sort()));
  return (
    closed && Object.entries(schema).every(([key, value]) => key === "required" || key === "enum" || isStrict(value))
  );
}

const keysOf = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);

const ANSWERS: readonly (readonly [model: string, (text: string) => Fixture])[] = [
  ["openai/gpt-4o-mini", (content) => completion({ content })],
  ["anthropic/claude-haiku-4-5", (text) => message([{ type: "text", text }])],
  ["google/gemini-2.5-flash", (text) => generated([{ text }])],
  ["ollama/llama3.1", (content) => ollamaAnswer({ content })],
];

export function describeSchemas(mesh: WireMesh): void {
  describe("a JSON schema is compiled for the provider that gets it, and the answer is held against it", () => {
    const sentFor = async (body: object, answer: Fixture) => {
      mesh.play(answer);
      mesh.sent();
      const { status } = await mesh.ask("chat", body);
      expect(status).toBe(200);
      return mesh.sent()[0];
    };

    it("requires every field and closes every object for OpenAI's strict form", async () => {
      const { response_format: format } = await sentFor(
        formed("openai/gpt-4o-mini", true),
        completion({ content: GOOD }),
      );
      expect([format.json_schema.strict, isStrict(format.json_schema.schema)]).toEqual([true, true]);
      expect(format.json_schema.schema.properties.note.type).toEqual(["string", "null"]);
    });

    it("leaves the schema as it is where OpenAI need not follow it exactly", async () => {
      const { response_format: format } = await sentFor(formed("openai/gpt-4o-mini"), completion({ content: GOOD }));
      expect(format.json_schema.schema).toEqual(SCHEMA);
    });

    it("writes Gemini's subset, with the order of its properties", async () => {
      const { generationConfig } = await sentFor(formed("google/gemini-2.5-flash"), generated([{ text: GOOD }]));
      expect(generationConfig.responseMimeType).toBe("application/json");
      const schema = generationConfig.responseSchema;
      expect(schema).toMatchObject({
        type: expect.stringMatching(/^object$/i),
        propertyOrdering: ["port", "berths", "note"],
        required: ["port", "berths"],
      });
      expect(keysOf(schema).filter((key) => ["$ref", "$defs", "additionalProperties"].includes(key))).toEqual([]);
      expect(schema.properties.berths.items.properties.length.type).toMatch(/^number$/i);
    });

    it("writes Ollama's format", async () => {
      expect((await sentFor(formed("ollama/llama3.1"), ollamaAnswer({ content: GOOD }))).format).toEqual(SCHEMA);
      expect(
        (
          await sentFor(
            asked("chat", "ollama/llama3.1", { response_format: { type: "json_object" } }),
            ollamaAnswer({ content: "{}" }),
          )
        ).format,
      ).toBe("json");
    });

    it("closes every object for Anthropic", async () => {
      const sent = await sentFor(formed("anthropic/claude-sonnet-4-5"), message([{ type: "text", text: GOOD }]));
      const { schema } = (sent.output_config ?? sent).format ?? sent.output_format;
      expect([schema.additionalProperties, schema.$defs.berth.additionalProperties]).toEqual([false, false]);
    });

    it.each(ANSWERS)(
      "takes an answer of %s that follows the schema, and refuses one that does not",
      async (model, answer) => {
        const checked = formed(model, undefined, CHECKED);
        mesh.play(answer(GOOD));
        const good = await mesh.ask("chat", checked);
        expect([good.status, JSON.parse(good.body.choices[0].message.content)]).toEqual([200, JSON.parse(GOOD)]);
        for (const text of [BAD, "no JSON"]) {
          mesh.play(answer(text));
          const bad = await mesh.ask("chat", checked);
          expect([bad.status, bad.body.error.fairlead.code]).toEqual([502, "quality_rejected"]);
        }
      },
    );

    it("is held against it unasked where the form had to be asked for in another way", async () => {
      const emulated = formed("openai/gpt-4o-mini", true);
      mesh.play(completion({ content: GOOD }));
      expect((await mesh.ask("chat", emulated)).status).toBe(200);
      mesh.play(completion({ content: BAD }));
      const { status, body } = await mesh.ask("chat", emulated);
      expect([status, body.error.fairlead.code]).toEqual([502, "quality_rejected"]);
    });

    it("takes a null for what only OpenAI's strictness requires", async () => {
      mesh.play(completion({ content: '{"port":"Bergen","berths":[],"note":null}' }));
      const { status } = await mesh.ask("chat", formed("openai/gpt-4o-mini", true, CHECKED));
      expect(status).toBe(200);
    });

    it("holds a stream against the schema where it is held back for that", async () => {
      const held = { fairlead: { triggers: { invalid_output: true, hold_stream: true } }, stream: true };
      mesh.play(chatStream([{ content: GOOD }]));
      expect((await mesh.ask("chat", formed("openai/gpt-4o-mini", undefined, held))).events.at(-1)?.data).toBe(
        "[DONE]",
      );
      mesh.play(chatStream([{ content: BAD }]));
      const { status, body } = await mesh.ask("chat", formed("openai/gpt-4o-mini", undefined, held));
      expect([status, body?.error.fairlead.code]).toEqual([502, "quality_rejected"]);
    });

    it("refuses what is no schema, and names the field", async () => {
      const { status, body } = await mesh.ask(
        "chat",
        asked("chat", "google/gemini-2.5-flash", {
          response_format: { type: "json_schema", json_schema: { name: "x", schema: [] } },
        }),
      );
      expect([status, body.error.param]).toEqual([400, expect.stringContaining("response_format")]);
    });
  });
}
