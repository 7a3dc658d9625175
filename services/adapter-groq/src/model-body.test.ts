import { readCatalogue } from "@fairlead/adapter-kit/model-catalogue";
import { toModelBody } from "@fairlead/openai-wire/model-body";
import { groqCatalogue } from "./models.ts";

const models = readCatalogue({ ...groqCatalogue, provider: "groq" });
const finish = (model: string, body: object) => toModelBody({ model, ...body }, models.entry(model)?.traits);
const schema = (strict: boolean) => ({
  response_format: { type: "json_schema", json_schema: { name: "s", schema: {}, strict } },
});

describe("a body for a model of Groq", () => {
  it.each([
    ["has thoughts of Qwen apart from the answer", "qwen/qwen3.6-27b", {}, { reasoning_format: "parsed" }],
    [
      "has Qwen's own word for an effort",
      "qwen/qwen3.6-27b",
      { reasoning_effort: "medium" },
      { reasoning_format: "parsed", reasoning_effort: "default" },
    ],
    [
      "switches Qwen's reasoning off",
      "qwen/qwen3.6-27b",
      { reasoning_effort: "none" },
      { reasoning_format: "parsed", reasoning_effort: "none" },
    ],
    [
      "asks Qwen for no strict schema",
      "qwen/qwen3.6-27b",
      schema(true),
      { reasoning_format: "parsed", response_format: { type: "json_schema", json_schema: { name: "s", schema: {} } } },
    ],
    ["leaves GPT OSS its efforts", "openai/gpt-oss-120b", { reasoning_effort: "high" }, { reasoning_effort: "high" }],
    ["asks GPT OSS for a strict schema", "openai/gpt-oss-20b", schema(true), schema(true)],
    ["leaves a model alone that is not listed", "llama-9", { reasoning_effort: "high" }, { reasoning_effort: "high" }],
  ])("%s", (_what, model, body, expected) => {
    expect(finish(model, body)).toEqual({ model, ...expected });
  });
});
