import { createHash } from "node:crypto";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CacheMode, type RequestContext } from "@fairlead/contracts/routing/v1/request_context";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import { type GenerateResponse, GenerateResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { type RoutingPolicy, RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { failure } from "@fairlead/rpc/fairlead-error";
import type { ResponseCache } from "@fairlead/state/response-cache";

/** Milliseconds for which an idempotency key gives the same answer. */
const IDEMPOTENT_MS = 24 * 60 * 60 * 1000;
const DIGEST_BYTES = 32;

/** What the store says to a request. */
export interface StoredAnswer {
  readonly state: CacheState;
  readonly answer: GenerateResponse | undefined;
  /** Keeps an answer for the next such request; does nothing where the request did not opt in. */
  keep(answer: GenerateResponse): void;
}

const BYPASS: StoredAnswer = { state: CacheState.BYPASS, answer: undefined, keep: () => undefined };

/**
 * Looks for an answer that a request may be given again: by its idempotency key, or by its content where it opts in.
 * Without either nothing of it is stored.
 *
 * @throws FairleadError CONFLICT where the idempotency key belongs to another request
 */
export async function findStored(
  cache: ResponseCache,
  defaultTtlSeconds: number,
  chat: ChatRequest,
  policy: RoutingPolicy | undefined,
  context: RequestContext,
): Promise<StoredAnswer> {
  const { tenant, idempotencyKey, cacheMode } = context;
  const caches = cacheMode === CacheMode.READ_WRITE || cacheMode === CacheMode.REFRESH;
  if (idempotencyKey === "" && !caches) return BYPASS;
  const content = contentDigest(chat, policy);
  if (idempotencyKey !== "") {
    const digest = `key:${createHash("sha256").update(idempotencyKey).digest("hex")}`;
    return byKey(cache, { tenant, digest }, content);
  }
  const key = { tenant, digest: `answer:${content.toString("hex")}` };
  const ttlMs = (context.cacheTtlSeconds === 0 ? defaultTtlSeconds : context.cacheTtlSeconds) * 1000;
  const bytes = cacheMode === CacheMode.REFRESH ? undefined : await cache.get(key);
  const keep = (answer: GenerateResponse) => {
    if (isWhole(answer)) void cache.put(key, toBinary(GenerateResponseSchema, answer), ttlMs);
  };
  if (bytes === undefined) return { state: CacheState.MISS, answer: undefined, keep };
  return { state: CacheState.HIT, answer: fromBinary(GenerateResponseSchema, bytes), keep };
}

async function byKey(cache: ResponseCache, key: { tenant: string; digest: string }, content: Buffer): Promise<StoredAnswer> {
  const bytes = await cache.get(key);
  const keep = (answer: GenerateResponse) =>
    void cache.put(key, Buffer.concat([content, toBinary(GenerateResponseSchema, answer)]), IDEMPOTENT_MS);
  if (bytes === undefined) return { state: CacheState.MISS, answer: undefined, keep };
  if (!content.equals(bytes.subarray(0, DIGEST_BYTES))) {
    const field = "context.idempotency_key";
    throw failure(ErrorCode.CONFLICT, `${field}: was used with another request.`, {
      violations: [{ field, description: "Was used with another request.", rule: "fairlead.idempotency" }],
    });
  }
  return { state: CacheState.HIT, answer: fromBinary(GenerateResponseSchema, bytes.subarray(DIGEST_BYTES)), keep };
}

/** Digest of what a request asks, whoever asks it. */
export function contentDigest(chat: ChatRequest, policy: RoutingPolicy | undefined): Buffer {
  const hash = createHash("sha256").update(toBinary(ChatRequestSchema, chat));
  if (policy !== undefined) hash.update(toBinary(RoutingPolicySchema, policy));
  return hash.digest();
}

/** Whether an answer is worth giving again: one that was cut short or withheld is not. */
export function isWhole({ chat }: GenerateResponse): boolean {
  return chat?.choices.every(({ finishReason }) => finishReason === FinishReason.STOP || finishReason === FinishReason.TOOL_CALLS) ?? false;
}
