import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type ChatResponse, ChatResponseSchema } from "@fairlead/contracts/chat/v1/chat_response";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CacheState, RouteReportSchema } from "@fairlead/contracts/routing/v1/route_report";
import { type GenerateResponse, GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import type { CallContext } from "@fairlead/rpc/call";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import type { ResponseCache } from "@fairlead/state/response-cache";
import type { Prepared } from "./prepare-request.ts";
import { contentDigest, isWhole } from "./stored-answers.ts";

/** What a degraded answer needs. */
export interface DegradeTools {
  readonly cache: ResponseCache;
  /** Seconds that an answer is kept for when every target fails. */
  readonly staleSeconds: number;
}

/** Failures of the mesh and its providers; what is the caller's own is never answered otherwise. */
const DEGRADABLE: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.NO_TARGET,
  ErrorCode.CIRCUIT_OPEN,
  ErrorCode.RATE_LIMITED,
  ErrorCode.OVERLOADED,
  ErrorCode.PROVIDER_ERROR,
  ErrorCode.PROVIDER_UNREACHABLE,
  ErrorCode.PROVIDER_AUTHENTICATION,
  ErrorCode.PROVIDER_QUOTA_EXHAUSTED,
  ErrorCode.MALFORMED_ANSWER,
  ErrorCode.QUALITY_REJECTED,
  ErrorCode.TIMEOUT,
  ErrorCode.UNAVAILABLE,
  ErrorCode.INTERNAL,
]);

/** Keeps an answer for when every target fails, where the request's terms allow it. */
export function keepForDegraded({ cache, staleSeconds }: DegradeTools, prepared: Prepared, chat: ChatRequest, answer: GenerateResponse): void {
  if (prepared.policy.degradedAnswer?.staleCache !== true || !isWhole(answer)) return;
  void cache.put(staleKey(prepared, chat), toBinary(GenerateResponseSchema, answer), staleSeconds * 1000);
}

/**
 * The answer to give in the place of a failure: an old one to the same request, or a fixed text.
 *
 * @returns undefined where the failure stands
 */
export async function degradedAnswer(
  { cache }: DegradeTools,
  prepared: Prepared,
  chat: ChatRequest,
  thrown: unknown,
  call: CallContext,
): Promise<GenerateResponse | undefined> {
  const { degradedAnswer: terms } = prepared.policy;
  const error = asFairleadError(thrown);
  if (terms === undefined || call.signal.aborted || !DEGRADABLE.has(error.code)) return undefined;
  const bytes = terms.staleCache ? await cache.get(staleKey(prepared, chat)) : undefined;
  if (bytes !== undefined) {
    const { chat: kept, report } = fromBinary(GenerateResponseSchema, bytes);
    return degraded(prepared, kept, "stale_cache", error, call, { provider: report?.provider ?? "", model: report?.model ?? "" });
  }
  if (terms.fixedText === "") return undefined;
  return degraded(prepared, textAnswer(terms.fixedText), "fixed_text", error, call, { provider: "", model: "" });
}

function degraded(
  { subject }: Prepared,
  chat: ChatResponse | undefined,
  kind: string,
  error: ReturnType<typeof asFairleadError>,
  call: CallContext,
  origin: { readonly provider: string; readonly model: string },
): GenerateResponse {
  const report = create(RouteReportSchema, {
    requestId: subject.context.requestId,
    ...origin,
    attempts: error.detail.attempts,
    costNanoUsd: error.detail.attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
    cache: kind === "stale_cache" ? CacheState.HIT : CacheState.MISS,
    traceId: traceIdOf(call.trace),
    fellBack: true,
    degraded: kind,
  });
  const answer = create(GenerateResponseSchema, { report });
  if (chat !== undefined) answer.chat = chat;
  return answer;
}

function textAnswer(text: string): ChatResponse {
  return create(ChatResponseSchema, {
    choices: [{ index: 0, finishReason: FinishReason.STOP, parts: [{ content: { case: "text", value: { text } } }] }],
    usage: {},
  });
}

function staleKey({ subject }: Prepared, chat: ChatRequest): { tenant: string; digest: string } {
  return { tenant: subject.context.tenant, digest: `stale:${contentDigest(chat, subject.policy).toString("hex")}` };
}
