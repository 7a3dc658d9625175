import { create } from "@bufbuild/protobuf";
import {
  type AdapterService,
  type ChatStreamResponse,
  ChatResponseSchema,
  CountTokensResponseSchema,
  DescribeResponseSchema,
  EmbedResponseSchema,
  ProbeResponseSchema,
} from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { EmbeddingInput, EmbeddingOutput } from "@fairlead/contracts/chat/v1/embedding";
import type { Handlers } from "@fairlead/rpc/call";
import { boundSignal } from "@fairlead/rpc/deadline";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { boundedAnswer } from "./bounded-answer.ts";
import { noteAnswer, noteDelta } from "./call-outcome.ts";
import type { ProviderCall } from "./call-provider.ts";
import { chatAttributes } from "./call-span.ts";
import type { DeltaSource } from "./delta-source.ts";
import { usageDelta } from "./deltas.ts";
import { estimateTokens, estimateUsage, partsBytes } from "./estimate-usage.ts";
import type { Offer } from "./offer.ts";
import { type CallDependencies, callOpener, namingProvider } from "./open-call.ts";
import { createProbe } from "./probe-provider.ts";
import { soundUsage } from "./sound-usage.ts";
import { tokenUsage } from "./token-usage.ts";

/** What an adapter knows of its provider and can have it do. Failures are thrown as FairleadError. */
export interface Provider {
  readonly offer: Offer;
  chat(request: ChatRequest, call: ProviderCall): Promise<ChatResponse>;
  /** Adaptations come first, usage at most once and last. */
  chatStream(request: ChatRequest, call: ProviderCall): Promise<DeltaSource>;
  embed(input: EmbeddingInput, call: ProviderCall): Promise<EmbeddingOutput>;
  /** Tokens of the prompt. Unset: the provider does not count for free, so they are estimated. */
  countTokens?(request: ChatRequest, call: ProviderCall): Promise<number>;
  /** The cheapest call that shows that the provider answers and takes the key. */
  probe(call: ProviderCall): Promise<void>;
}

/** Serves a provider: bounds each call in time and number, traces and measures it, and estimates usage where none was told. */
export function serveProvider(provider: Provider, dependencies: CallDependencies): Handlers<typeof AdapterService> {
  const open = callOpener(provider.offer, dependencies);
  const probe = createProbe((_deployment, call) => provider.probe(call), dependencies.now);
  return {
    describe: async () => create(DescribeResponseSchema, { description: provider.offer.description }),

    async probe({ deployment }, { signal, deadline, trace }) {
      using bound = boundSignal(signal, deadline);
      try {
        return create(ProbeResponseSchema, { durationMs: await probe(deployment, { signal: bound.signal, trace }) });
      } catch (error) {
        throw namingProvider(error, provider.offer);
      }
    },

    async chat(request, context) {
      const chat = present(request.chat, "chat");
      const { deployment, strict } = request;
      const asked = { operation: "chat", model: chat.model, deployment, strict };
      using opened = open(asked, context, () => chatAttributes(chat, false));
      try {
        await opened.enter();
        const answer = boundedAnswer(await provider.chat(chat, opened.call));
        const estimate = () => estimateUsage(chat, answer.choices.reduce((bytes, choice) => bytes + partsBytes(choice.parts), 0));
        answer.usage = answer.usage === undefined ? estimate() : soundUsage(answer.usage, estimate);
        noteAnswer(opened.outcome, answer);
        opened.succeed();
        return create(ChatResponseSchema, { chat: answer });
      } catch (error) {
        throw opened.fail(error);
      }
    },

    async *chatStream(request, context) {
      const chat = present(request.chat, "chat");
      const { deployment, strict } = request;
      const asked = { operation: "chat", model: chat.model, deployment, strict };
      using opened = open(asked, context, () => chatAttributes(chat, true));
      let source: DeltaSource | undefined;
      try {
        await opened.enter();
        source = await provider.chatStream(chat, opened.call);
        for (let deltas = await source.next(); deltas !== undefined; deltas = await source.next()) {
          for (const delta of deltas) {
            if (delta.step.case === "usage") delta.step.value = soundUsage(delta.step.value, () => estimateUsage(chat, opened.outcome.outputBytes));
            noteDelta(opened.outcome, delta, opened.elapsed);
          }
          yield together(deltas);
        }
        if (opened.outcome.usage === undefined) {
          opened.outcome.usage = estimateUsage(chat, opened.outcome.outputBytes);
          yield together([usageDelta(opened.outcome.usage)]);
        }
        opened.succeed();
      } catch (error) {
        throw opened.fail(error);
      } finally {
        source?.close();
      }
    },

    async embed(request, context) {
      const input = present(request.input, "input");
      const asked = { operation: "embeddings", model: input.model, deployment: request.deployment, strict: request.strict };
      using opened = open(asked, context, () => ({}));
      try {
        await opened.enter();
        const output = await provider.embed(input, opened.call);
        const estimate = () => estimateEmbedding(input);
        output.usage = output.usage === undefined ? estimate() : soundUsage(output.usage, estimate);
        opened.outcome.usage = output.usage;
        opened.succeed();
        return create(EmbedResponseSchema, { output });
      } catch (error) {
        throw opened.fail(error);
      }
    },

    async countTokens(request, context) {
      const chat = present(request.chat, "chat");
      if (provider.countTokens === undefined) {
        return create(CountTokensResponseSchema, { inputTokens: estimateUsage(chat, 0).inputTokens, estimated: true });
      }
      const asked = { operation: "count_tokens", model: chat.model, deployment: request.deployment, strict: false };
      using opened = open(asked, context, () => ({}));
      try {
        const inputTokens = await provider.countTokens(chat, opened.call);
        opened.succeed();
        return create(CountTokensResponseSchema, { inputTokens });
      } catch (error) {
        throw opened.fail(error);
      }
    },
  };
}

function together(deltas: ChatDelta[]): ChatStreamResponse {
  return { $typeName: "fairlead.adapter.v1.ChatStreamResponse", deltas };
}

function present<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw invalidField(field, "value is required", "required");
  return value;
}

function estimateEmbedding(input: EmbeddingInput) {
  const bytes = input.texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const given = input.tokenLists.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return tokenUsage({ inputTokens: estimateTokens(bytes) + given, estimated: true });
}
