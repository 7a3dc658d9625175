import fc from "fast-check";

// Bodies as Anthropic's clients write them, with what only Anthropic has. Shorthands, such as content that is one text, are
// left out: they come back in their long form.

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.toWellFormed());
const json = fc.dictionary(word, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { minLength: 1, maxLength: 2 })), { minKeys: 1, maxKeys: 3 });
const base64 = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((value) => Buffer.from(value).toString("base64"));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const marker = fc.constantFrom({ type: "ephemeral" }, { type: "ephemeral", ttl: "5m" }, { type: "ephemeral", ttl: "1h" }, { type: "ephemeral", scope: "global" });
const seal = fc.constantFrom("Erw==", "fairlead:google:Erw==", "fairlead:openai@east#rs_1:Enc", "fairlead:openai#rs_2:Enc");

const block = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { noNullPrototype: true });
const named = (type: string) => fc.constant(type);

const words = block({ type: named("text"), text, cache_control: maybe(marker), citations: maybe(fc.array(json, { minLength: 1, maxLength: 2 })) });
const image = block({
  type: named("image"),
  source: fc.oneof(
    block({ type: named("base64"), media_type: fc.constantFrom("image/png", "image/webp"), data: base64 }),
    block({ type: named("url"), url: fc.webUrl() }),
    block({ type: named("file"), file_id: word }),
  ),
  cache_control: maybe(marker),
});
const document = block({
  type: named("document"),
  source: fc.oneof(
    block({ type: named("base64"), media_type: named("application/pdf"), data: base64 }),
    block({ type: named("text"), media_type: named("text/plain"), data: text }),
    block({ type: named("content"), content: fc.array(words, { maxLength: 2 }) }),
    block({ type: named("file"), file_id: word }),
  ),
  title: maybe(word),
  context: maybe(word),
  citations: maybe(fc.constant({ enabled: true })),
});
const other = block({ type: fc.constantFrom("container_upload", "search_result", "server_tool_use", "web_search_tool_result", "new_in_2030"), id: word, body: json });
const result = block({
  type: named("tool_result"),
  tool_use_id: word,
  content: fc.array(fc.oneof(words, image, other), { maxLength: 2 }),
  is_error: maybe(fc.constant(true)),
  cache_control: maybe(marker),
});
const thinking = fc.oneof(
  block({ type: named("thinking"), thinking: text, signature: seal }),
  block({ type: named("redacted_thinking"), data: seal }),
);
const use = block({ type: named("tool_use"), id: word, name: word, input: json, caller: maybe(json), cache_control: maybe(marker) });

const asked = fc.array(fc.oneof(words, image, document, result, other), { minLength: 1, maxLength: 4 });
const said = fc.array(fc.oneof(words, thinking, use, other), { minLength: 1, maxLength: 4 });
const messages = fc
  .tuple(asked, fc.array(fc.tuple(said, asked), { maxLength: 2 }))
  .map(([first, turns]) => [
    { role: "user", content: first },
    ...turns.flatMap(([answer, question]) => [
      { role: "assistant", content: answer },
      { role: "user", content: question },
    ]),
  ]);

const tool = block({ name: word, description: maybe(word), input_schema: json, strict: maybe(fc.boolean()), cache_control: maybe(marker), defer_loading: maybe(fc.constant(true)) });
const hosted = block({ type: fc.constantFrom("web_search_20260209", "code_execution_20260120", "mcp_toolset"), name: word });
const single = maybe(fc.boolean());

/** A body, with nothing in it that is undefined. */
export const arbitraryMessagesBody: fc.Arbitrary<Record<string, unknown>> = fc
  .record(
    {
      model: word,
      max_tokens: fc.integer({ min: 1, max: 100_000 }),
      system: maybe(fc.array(words, { minLength: 1, maxLength: 2 })),
      messages,
      tools: maybe(fc.array(fc.oneof(tool, hosted), { minLength: 1, maxLength: 3 })),
      tool_choice: maybe(
        fc.oneof(
          block({ type: fc.constantFrom("auto", "any"), disable_parallel_tool_use: single }),
          block({ type: named("tool"), name: word, disable_parallel_tool_use: single }),
          block({ type: named("none") }),
        ),
      ),
      thinking: maybe(
        fc.constantFrom(
          { type: "enabled", budget_tokens: 2048, display: "omitted" },
          { type: "enabled", budget_tokens: 2048, display: "summarized" },
          { type: "adaptive" },
          { type: "adaptive", display: "summarized" },
          { type: "disabled" },
        ),
      ),
      output_config: maybe(
        fc.constantFrom<object>(
          { effort: "low" },
          { effort: "max" },
          { format: { type: "json_schema", schema: { type: "object" } } },
          { effort: "high", format: { type: "json_schema", schema: {} }, task_budget: { type: "tokens", total: 9 } },
        ),
      ),
      metadata: maybe(fc.constantFrom<object>({ user_id: "u" }, { user_id: "u", more: 1 })),
      stop_sequences: maybe(fc.array(word, { minLength: 1, maxLength: 2 })),
      temperature: maybe(fc.constantFrom(0, 0.5, 1)),
      top_p: maybe(fc.constantFrom(0, 0.5, 1)),
      top_k: maybe(fc.integer({ min: 1, max: 100 })),
      service_tier: maybe(word),
      container: maybe(fc.oneof(word, json)),
      mcp_servers: maybe(fc.array(json, { minLength: 1, maxLength: 2 })),
      context_management: maybe(json),
    },
    { noNullPrototype: true },
  )
  .map((body) => JSON.parse(JSON.stringify(body)) as Record<string, unknown>);
