import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type AIMessage, type AIMessageChunk, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import type { ClientDriver, Failed, OfferedTool, Said } from "./driver.ts";
import { toolLoop } from "./tool-loop.ts";

interface Models {
  readonly chat: (model: string) => BaseChatModel;
  /** The word under which the end is told. */
  readonly finishField: string;
  readonly embed?: NonNullable<ClientDriver["embed"]>;
}

/** `@langchain/openai`, on chat completions and on the Responses API, and `@langchain/anthropic`. */
export function langchain(url: string): ClientDriver[] {
  const baseURL = `${url}/v1`;
  const openai = (useResponsesApi: boolean) => (model: string) =>
    new ChatOpenAI({ model, apiKey: "any", maxRetries: 0, useResponsesApi, streamUsage: true, configuration: { baseURL } });
  const anthropic = (model: string) =>
    new ChatAnthropic({ model, apiKey: "any", maxRetries: 0, maxTokens: 1_024, anthropicApiUrl: url });
  const embed = (model: string, texts: readonly string[]) =>
    new OpenAIEmbeddings({ model, apiKey: "any", maxRetries: 0, configuration: { baseURL } }).embedDocuments([...texts]);
  return [
    driver("langchain openai chat", { chat: openai(false), finishField: "finish_reason", embed }),
    driver("langchain openai responses", { chat: openai(true), finishField: "status" }),
    { ...driver("langchain anthropic", { chat: anthropic, finishField: "stop_reason" }), countsPromptFirst: true },
  ];
}

function driver(name: string, { chat, finishField, embed }: Models): ClientDriver {
  const said = (message: AIMessage): Said => ({
    text: message.text,
    finish: String(message.response_metadata[finishField] ?? message.additional_kwargs[finishField] ?? ""),
    ...usageOf(message.usage_metadata),
  });
  return {
    name,

    text: async (model, question) => said((await chat(model).invoke(question)) as AIMessage),

    async stream(model, question) {
      let whole: AIMessageChunk | undefined;
      let pieces = 0;
      for await (const chunk of await chat(model).stream(question)) {
        if (chunk.text !== "") pieces++;
        whole = whole === undefined ? (chunk as AIMessageChunk) : whole.concat(chunk as AIMessageChunk);
      }
      if (whole === undefined) throw new Error("Nothing was streamed.");
      return { ...said(whole as unknown as AIMessage), pieces };
    },

    converse(model, questions, offered, run) {
      const messages: BaseMessage[] = [];
      const bound = chat(model).bindTools!(offered.map(toTool));
      return toolLoop(
        questions,
        {
          say: (question) => messages.push(new HumanMessage(question)),
          async ask() {
            const message = (await bound.invoke(messages)) as AIMessage;
            messages.push(message);
            return { text: message.text, calls: (message.tool_calls ?? []).map(({ id, name: called, args }) => ({ id: id ?? "", name: called, input: args })) };
          },
          giveBack: (results) => messages.push(...results.map(({ id, name: called, output }) => new ToolMessage({ tool_call_id: id, name: called, content: output }))),
        },
        run,
      );
    },

    structured: (model, question, schema) => chat(model).withStructuredOutput({ title: "place", ...schema }).invoke(question),

    async image(model, question, png) {
      const content = [
        { type: "text", text: question },
        { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
      ];
      return said((await chat(model).invoke([new HumanMessage({ content })])) as AIMessage);
    },

    async abort(model, question) {
      const leaving = new AbortController();
      try {
        for await (const chunk of await chat(model).stream(question, { signal: leaving.signal })) if (chunk.text !== "") leaving.abort();
      } catch {
        return leaving.signal.aborted ? "aborted" : "ended";
      }
      return "ended";
    },

    async fail(model, question): Promise<Failed> {
      const error = (await chat(model).invoke(question).then(
        () => new Error("It did not fail."),
        (thrown: unknown) => thrown,
      )) as { readonly status?: number; readonly message: string; readonly headers?: Headers };
      return { status: error.status, message: error.message, retryAfter: error.headers?.get?.("retry-after") ?? undefined };
    },

    ...(embed === undefined ? {} : { embed }),
  };
}

function usageOf(usage: unknown): Pick<Said, "inputTokens" | "outputTokens"> {
  const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0 } = (usage ?? {}) as { input_tokens?: number; output_tokens?: number };
  return { inputTokens, outputTokens };
}

function toTool({ name, description, parameters }: OfferedTool) {
  return { type: "function" as const, function: { name, description, parameters: { ...parameters } } };
}
