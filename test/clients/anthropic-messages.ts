import Anthropic from "@anthropic-ai/sdk";
import type { ClientDriver, Failed, Said } from "./driver.ts";
import { toolLoop } from "./tool-loop.ts";

const STRICT = { "x-fairlead-strict": "true" };
const MAX_TOKENS = 1_024;

/** The official `@anthropic-ai/sdk`. */
export function anthropicMessages(url: string): ClientDriver {
  const client = new Anthropic({ baseURL: url, apiKey: "any", maxRetries: 0 });
  const said = (message: Anthropic.Message): Said => ({
    text: textOf(message),
    finish: message.stop_reason ?? "",
    inputTokens: message.usage.input_tokens,
    outputTokens: message.usage.output_tokens,
  });
  const asked = (content: Anthropic.MessageParam["content"]): Anthropic.MessageParam[] => [{ role: "user", content }];
  const basics = (model: string) => ({ model, max_tokens: MAX_TOKENS });

  return {
    name: "anthropic messages",

    text: async (model, question) => said(await client.messages.create({ ...basics(model), messages: asked(question) })),

    async stream(model, question) {
      const stream = client.messages.stream({ ...basics(model), messages: asked(question) });
      let pieces = 0;
      stream.on("text", () => pieces++);
      return { ...said(await stream.finalMessage()), pieces };
    },

    converse(model, questions, offered, run) {
      const messages: Anthropic.MessageParam[] = [];
      const tools = offered.map(({ name, description, parameters }) => ({ name, description, input_schema: { ...parameters } }));
      return toolLoop(
        questions,
        {
          say: (content) => messages.push({ role: "user", content }),
          async ask() {
            const message = await client.messages.create({ ...basics(model), messages, tools });
            messages.push({ role: "assistant", content: message.content });
            const calls = message.content.flatMap((block) => (block.type === "tool_use" ? [{ id: block.id, name: block.name, input: block.input }] : []));
            return { text: textOf(message), calls };
          },
          giveBack: (results) =>
            messages.push({ role: "user", content: results.map(({ id, output }) => ({ type: "tool_result" as const, tool_use_id: id, content: output })) }),
        },
        run,
      );
    },

    async structured(model, question, schema) {
      const format = { type: "json_schema" as const, schema: { ...schema } };
      const message = await client.messages.create({ ...basics(model), messages: asked(question), output_config: { format } });
      return JSON.parse(textOf(message));
    },

    image: async (model, question, png) =>
      said(
        await client.messages.create({
          ...basics(model),
          messages: asked([
            { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
            { type: "text", text: question },
          ]),
        }),
      ),

    async abort(model, question) {
      const stream = client.messages.stream({ ...basics(model), messages: asked(question) });
      stream.on("text", () => stream.abort());
      await stream.done().catch(() => undefined);
      return stream.aborted ? "aborted" : "ended";
    },

    fail: (model, question) => failed(client.messages.create({ ...basics(model), messages: asked(question) })),

    async askStrictly(question) {
      const body = { ...basics("google/gemini-2.5-flash"), messages: asked(question), container: "c" };
      return { failed: await failed(client.messages.create(body, { headers: STRICT })), field: "container" };
    },
  };
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

async function failed(call: PromiseLike<unknown>): Promise<Failed> {
  const error: unknown = await Promise.resolve(call).then(
    () => new Error("It did not fail."),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Anthropic.APIError)) throw error;
  return { status: error.status, message: error.message, retryAfter: error.headers?.get("retry-after") ?? undefined };
}
