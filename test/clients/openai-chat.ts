import OpenAI from "openai";
import type { ClientDriver, Failed, OfferedTool, Said } from "./driver.ts";
import { toolLoop } from "./tool-loop.ts";

type Messages = OpenAI.ChatCompletionMessageParam[];

/** Refuses what cannot be carried. */
export const STRICT = { "x-fairlead-strict": "true" };

/** The official `openai` client on chat completions. */
export function openaiChat(url: string): ClientDriver {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
  const said = ({ choices: [choice], usage }: OpenAI.ChatCompletion): Said => ({
    text: choice?.message.content ?? "",
    finish: choice?.finish_reason ?? "",
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  });
  const asked = (content: OpenAI.ChatCompletionUserMessageParam["content"]): Messages => [{ role: "user", content }];

  return {
    name: "openai chat completions",

    text: async (model, question) => said(await client.chat.completions.create({ model, messages: asked(question) })),

    async stream(model, question) {
      const stream = client.chat.completions.stream({ model, messages: asked(question), stream_options: { include_usage: true } });
      let pieces = 0;
      stream.on("content", () => pieces++);
      return { ...said(await stream.finalChatCompletion()), pieces };
    },

    converse(model, questions, offered, run) {
      const messages: Messages = [];
      const tools = offered.map(toTool);
      return toolLoop(
        questions,
        {
          say: (content) => messages.push({ role: "user", content }),
          async ask() {
            const { choices } = await client.chat.completions.create({ model, messages, tools });
            const message = choices[0]!.message;
            messages.push(message);
            const calls = (message.tool_calls ?? []).flatMap((call) =>
              call.type === "function" ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }] : [],
            );
            return { text: message.content ?? "", calls };
          },
          giveBack: (results) => messages.push(...results.map(({ id, output }) => ({ role: "tool" as const, tool_call_id: id, content: output }))),
        },
        run,
      );
    },

    async structured(model, question, schema) {
      const format = { type: "json_schema" as const, json_schema: { name: "place", schema: { ...schema }, strict: true } };
      const { choices } = await client.chat.completions.parse({ model, messages: asked(question), response_format: format });
      return JSON.parse(choices[0]?.message.content ?? "");
    },

    image: async (model, question, png) =>
      said(
        await client.chat.completions.create({
          model,
          messages: asked([
            { type: "text", text: question },
            { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
          ]),
        }),
      ),

    async abort(model, question) {
      const stream = await client.chat.completions.create({ model, messages: asked(question), stream: true });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort();
      return stream.controller.signal.aborted ? "aborted" : "ended";
    },

    fail: (model, question) => failed(client.chat.completions.create({ model, messages: asked(question) })),

    async askStrictly(question) {
      const body = { model: "anthropic/claude-haiku-4-5", messages: asked(question), seed: 7 };
      return { failed: await failed(client.chat.completions.create(body, { headers: STRICT })), field: "seed" };
    },

    async embed(model, texts) {
      const { data } = await client.embeddings.create({ model, input: [...texts] });
      return data.map(({ embedding }) => embedding);
    },
  };
}

/** What the client makes of a request that must fail. */
export async function failed(call: PromiseLike<unknown>): Promise<Failed> {
  const error: unknown = await Promise.resolve(call).then(
    () => new Error("It did not fail."),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenAI.APIError)) throw error;
  return { status: error.status, message: error.message, retryAfter: error.headers?.get("retry-after") ?? undefined };
}

function toTool({ name, description, parameters }: OfferedTool): OpenAI.ChatCompletionFunctionTool {
  return { type: "function", function: { name, description, parameters: { ...parameters } } };
}
