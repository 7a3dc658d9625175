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
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CallContext, Handlers } from "@fairlead/rpc/call";
import { boundSignal } from "@fairlead/rpc/deadline";
import { asFairleadError, type FairleadError, invalidField } from "@fairlead/rpc/fairlead-error";
import { type Attributes, type Tracer } from "@opentelemetry/api";
import type { Registry } from "prom-client";
import { boundedAnswer } from "./bounded-answer.ts";
import { type CallMetrics, createCallMetrics } from "./call-metrics.ts";
import { type CallOutcome, emptyOutcome, noteAnswer, noteDelta } from "./call-outcome.ts";
import type { ProviderCall } from "./call-provider.ts";
import { chatAttributes, startCallSpan } from "./call-span.ts";
import { connectLimitOf } from "./connect-limit.ts";
import type { DeltaSource } from "./delta-source.ts";
import { usageDelta } from "./deltas.ts";
import { estimateTokens, estimateUsage, partsBytes } from "./estimate-usage.ts";
import type { Offer } from "./offer.ts";
import { createProbe } from "./probe-provider.ts";
import { soundUsage } from "./sound-usage.ts";
import { tokenUsage } from "./token-usage.ts";

/** Milliseconds of a call without a deadline of its own. */
const LONGEST_CALL_MS = 15 * 60_000;

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

/** What serving a provider needs. */
export interface ServeProviderDependencies {
  readonly tracer: Tracer;
  readonly metrics: Registry;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What a call asks for, beside its content. */
interface AskedCall {
  readonly operation: string;
  readonly model: string;
  readonly deployment: string;
  readonly strict: boolean;
}

interface OpenCall extends Disposable {
  readonly call: ProviderCall;
  readonly outcome: CallOutcome;
  elapsed(): number;
  succeed(): void;
  fail(thrown: unknown): FairleadError;
}

/** Serves a provider: bounds each call in time, traces and measures it, and estimates usage where none was told. */
export function serveProvider(provider: Provider, dependencies: ServeProviderDependencies): Handlers<typeof AdapterService> {
  const open = callOpener(provider, dependencies);
  const probe = createProbe((_deployment, call) => provider.probe(call), dependencies.now);
  return {
    describe: async () => create(DescribeResponseSchema, { description: provider.offer.description }),

    async probe({ deployment }, { signal, deadline, trace }) {
      using bound = boundSignal(signal, deadline);
      try {
        return create(ProbeResponseSchema, { durationMs: await probe(deployment, { signal: bound.signal, trace }) });
      } catch (error) {
        throw namingProvider(error, provider);
      }
    },

    async chat(request, context) {
      const chat = present(request.chat, "chat");
      const { deployment, strict } = request;
      const asked = { operation: "chat", model: chat.model, deployment, strict };
      using opened = open(asked, context, () => chatAttributes(chat, false));
      try {
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

function callOpener(provider: Provider, { tracer, metrics: registry, now }: ServeProviderDependencies) {
  const { telemetryName } = provider.offer.description;
  const metrics = createCallMetrics(registry, telemetryName, (model) => provider.offer.labelOf(model));
  return (asked: AskedCall, context: CallContext, attributes: () => Attributes): OpenCall => {
    const { operation, model, deployment, strict } = asked;
    const started = performance.now();
    const elapsed = () => (performance.now() - started) / 1000;
    const span = startCallSpan(tracer, context.trace, { operation, provider: telemetryName, model, deployment }, attributes);
    const bound = boundSignal(context.signal, context.deadline ?? now() + LONGEST_CALL_MS);
    const outcome = emptyOutcome();
    let ended = false;
    const end = (errorType: string) => {
      if (ended) return;
      ended = true;
      measure(metrics, operation, model, outcome, elapsed(), errorType);
      span.end(outcome, errorType);
    };
    return {
      call: { signal: bound.signal, trace: span.context, strict, deployment, model, connectMs: connectLimitOf(context.metadata), now },
      outcome,
      elapsed,
      succeed: () => end(""),
      fail(thrown) {
        const error = namingProvider(thrown, provider);
        end(ErrorCode[error.code] ?? "INTERNAL");
        return error;
      },
      [Symbol.dispose]() {
        // Reached without success or failure only when the reader of a stream stopped early.
        end(ErrorCode[ErrorCode.CANCELLED] ?? "CANCELLED");
        bound[Symbol.dispose]();
      },
    };
  };
}

function namingProvider(thrown: unknown, { offer }: Provider): FairleadError {
  const error = asFairleadError(thrown);
  if (error.detail.provider === "") error.detail.provider = offer.description.provider;
  return error;
}

function measure(metrics: CallMetrics, operation: string, model: string, outcome: CallOutcome, seconds: number, errorType: string): void {
  metrics.finished(operation, model, seconds, errorType);
  if (outcome.firstChunkSeconds !== undefined) metrics.firstChunk(operation, model, outcome.firstChunkSeconds);
  if (outcome.usage !== undefined) metrics.used(operation, model, outcome.usage);
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
