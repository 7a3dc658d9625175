import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE } from "@opentelemetry/semantic-conventions";
import {
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_OUTPUT_TYPE,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_CHOICE_COUNT,
  ATTR_GEN_AI_REQUEST_MAX_TOKENS,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_REQUEST_SEED,
  ATTR_GEN_AI_REQUEST_STREAM,
  ATTR_GEN_AI_REQUEST_TEMPERATURE,
  ATTR_GEN_AI_REQUEST_TOP_K,
  ATTR_GEN_AI_REQUEST_TOP_P,
  ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
  ATTR_GEN_AI_RESPONSE_ID,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
  GEN_AI_OUTPUT_TYPE_VALUE_JSON,
  GEN_AI_OUTPUT_TYPE_VALUE_TEXT,
} from "@opentelemetry/semantic-conventions/incubating";
import type { CallOutcome } from "./call-outcome.ts";
import { totalInputTokens, totalOutputTokens } from "./token-usage.ts";

/** What is called. */
export interface CalledOperation {
  /** gen_ai.operation.name: chat or embeddings. */
  readonly operation: string;
  /** gen_ai.provider.name. */
  readonly provider: string;
  readonly model: string;
  /** Empty: the only one. */
  readonly deployment: string;
}

/** Attribute that names the deployment of a model at its provider. */
const ATTR_DEPLOYMENT = "fairlead.deployment";

/** The span of a provider call. */
export interface CallSpan {
  /** The trace that goes on under the span. */
  readonly context: Context;
  /** Ends it. `errorType` is a code's name; empty for success. */
  end(outcome: CallOutcome, errorType: string): void;
}

/** Opens the CLIENT span of a provider call. Attributes are made only where the span is recorded. */
export function startCallSpan(
  tracer: Tracer,
  parent: Context,
  called: CalledOperation,
  attributes: () => Attributes,
): CallSpan {
  const span = tracer.startSpan(`${called.operation} ${called.model}`, { kind: SpanKind.CLIENT }, parent);
  const recording = span.isRecording();
  if (recording) {
    span.setAttributes({
      [ATTR_GEN_AI_OPERATION_NAME]: called.operation,
      [ATTR_GEN_AI_PROVIDER_NAME]: called.provider,
      [ATTR_GEN_AI_REQUEST_MODEL]: called.model,
      ...attributes(),
    });
    if (called.deployment !== "") span.setAttribute(ATTR_DEPLOYMENT, called.deployment);
  }
  return {
    context: trace.setSpan(parent, span),
    end(outcome, errorType) {
      if (recording) record(span, outcome, errorType);
      span.end();
    },
  };
}

/** What a span tells of a chat request: its settings, never its content. */
export function chatAttributes(request: ChatRequest, stream: boolean): Attributes {
  const format = request.responseFormat?.format.case ?? "text";
  const attributes: Attributes = {
    [ATTR_GEN_AI_REQUEST_STREAM]: stream,
    [ATTR_GEN_AI_OUTPUT_TYPE]: format === "text" ? GEN_AI_OUTPUT_TYPE_VALUE_TEXT : GEN_AI_OUTPUT_TYPE_VALUE_JSON,
  };
  if (request.maxOutputTokens !== undefined) attributes[ATTR_GEN_AI_REQUEST_MAX_TOKENS] = request.maxOutputTokens;
  if (request.temperature !== undefined) attributes[ATTR_GEN_AI_REQUEST_TEMPERATURE] = request.temperature;
  if (request.topP !== undefined) attributes[ATTR_GEN_AI_REQUEST_TOP_P] = request.topP;
  if (request.topK !== undefined) attributes[ATTR_GEN_AI_REQUEST_TOP_K] = request.topK;
  if (request.seed !== undefined) attributes[ATTR_GEN_AI_REQUEST_SEED] = Number(request.seed);
  if (request.candidateCount > 1) attributes[ATTR_GEN_AI_REQUEST_CHOICE_COUNT] = request.candidateCount;
  return attributes;
}

function record(span: Span, outcome: CallOutcome, errorType: string): void {
  if (outcome.id !== "") span.setAttribute(ATTR_GEN_AI_RESPONSE_ID, outcome.id);
  if (outcome.model !== "") span.setAttribute(ATTR_GEN_AI_RESPONSE_MODEL, outcome.model);
  if (outcome.finishReasons.length > 0) {
    span.setAttribute(ATTR_GEN_AI_RESPONSE_FINISH_REASONS, outcome.finishReasons.map(finishReasonName));
  }
  if (outcome.firstChunkSeconds !== undefined) {
    span.setAttribute(ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, outcome.firstChunkSeconds);
  }
  if (outcome.usage !== undefined) span.setAttributes(usageAttributes(outcome.usage));
  if (errorType !== "") {
    span.setAttribute(ATTR_ERROR_TYPE, errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}

function finishReasonName(reason: FinishReason): string {
  return (FinishReason[reason] ?? "OTHER").toLowerCase();
}

function usageAttributes(usage: TokenUsage): Attributes {
  return {
    [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: totalInputTokens(usage),
    [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: totalOutputTokens(usage),
    [ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]: usage.cacheReadTokens,
    [ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS]: usage.cacheWriteTokens,
    [ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]: usage.reasoningTokens,
  };
}
