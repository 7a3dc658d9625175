import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, type EmbeddingModel, generateText, jsonSchema, type LanguageModel, type ModelMessage, Output, stepCountIs, streamText, tool } from "ai";
import type { ClientDriver, Conversed, Failed, Said } from "./driver.ts";

interface Models {
  readonly chat: (model: string) => LanguageModel;
  readonly embedding?: (model: string) => EmbeddingModel;
}

/** The `ai` package with its provider for OpenAI, on the Responses API and on chat completions, for compatible servers and for Anthropic. */
export function aiSdk(url: string): ClientDriver[] {
  const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "any" });
  const compatible = createOpenAICompatible({ name: "fairlead", baseURL: `${url}/v1`, apiKey: "any", includeUsage: true, supportsStructuredOutputs: true });
  const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: "any" });
  return [
    driver("ai with openai responses", { chat: (model) => openai(model), embedding: (model) => openai.embedding(model) }),
    driver("ai with openai chat", { chat: (model) => openai.chat(model) }),
    driver("ai with openai-compatible", { chat: (model) => compatible(model), embedding: (model) => compatible.embeddingModel(model) }),
    driver("ai with anthropic", { chat: (model) => anthropic(model) }),
  ];
}

function driver(name: string, models: Models): ClientDriver {
  const settings = (model: string) => ({ model: models.chat(model), maxRetries: 0 });
  return {
    name,

    async text(model, prompt) {
      const { text, finishReason, usage } = await generateText({ ...settings(model), prompt });
      return said(text, finishReason, usage);
    },

    async stream(model, prompt) {
      const result = streamText({ ...settings(model), prompt });
      let pieces = 0;
      for await (const text of result.textStream) if (text !== "") pieces++;
      return { ...said(await result.text, await result.finishReason, await result.usage), pieces };
    },

    async converse(model, questions, offered, run): Promise<Conversed> {
      const tools = Object.fromEntries(
        offered.map(({ name: called, description, parameters }) => [
          called,
          tool({ description, inputSchema: jsonSchema({ ...parameters }), execute: async () => run(called) }),
        ]),
      );
      const messages: ModelMessage[] = [];
      const turns: { name: string; input: unknown }[][] = [];
      const texts: string[] = [];
      for (const question of questions) {
        messages.push({ role: "user", content: question });
        const result = await generateText({ ...settings(model), messages, tools, stopWhen: stepCountIs(8) });
        messages.push(...result.response.messages);
        for (const { toolCalls } of result.steps) {
          if (toolCalls.length > 0) turns.push(toolCalls.map(({ toolName, input }) => ({ name: toolName, input })));
        }
        texts.push(result.text);
      }
      return { turns, texts };
    },

    async structured(model, prompt, schema) {
      const { output } = await generateText({ ...settings(model), prompt, output: Output.object({ schema: jsonSchema({ ...schema }) }) });
      return output;
    },

    async image(model, question, png) {
      const content = [
        { type: "text" as const, text: question },
        { type: "file" as const, mediaType: "image/png", data: png },
      ];
      const { text, finishReason, usage } = await generateText({ ...settings(model), messages: [{ role: "user", content }] });
      return said(text, finishReason, usage);
    },

    async abort(model, prompt) {
      const leaving = new AbortController();
      let aborted = false;
      const result = streamText({ ...settings(model), prompt, abortSignal: leaving.signal, onAbort: () => void (aborted = true), onError: () => undefined });
      for await (const text of result.textStream) if (text !== "") leaving.abort();
      return aborted ? "aborted" : "ended";
    },

    async fail(model, prompt): Promise<Failed> {
      const error: unknown = await generateText({ ...settings(model), prompt }).then(
        () => new Error("It did not fail."),
        (thrown: unknown) => thrown,
      );
      if (!APICallError.isInstance(error)) throw error;
      return { status: error.statusCode, message: error.message, retryAfter: error.responseHeaders?.["retry-after"] };
    },

    ...(models.embedding === undefined ? {} : { embed: embedWith(models.embedding) }),
  };
}

function embedWith(embedding: (model: string) => EmbeddingModel) {
  return async (model: string, values: readonly string[]) => (await embedMany({ model: embedding(model), values: [...values], maxRetries: 0 })).embeddings;
}

function said(text: string, finish: string, usage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }): Said {
  return { text, finish, inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 };
}
