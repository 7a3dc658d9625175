import { create } from "@bufbuild/protobuf";
import type { ChatStreamResponse } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type ExecuteStreamRequest,
  type ExecuteStreamResponse,
  ExecuteStreamResponseSchema,
} from "@fairlead/contracts/execution/v1/execution_service";
import type { CallContext } from "@fairlead/rpc/call";
import { abortError } from "@fairlead/rpc/deadline";
import { asFairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { type AttemptInHand, Execution, type ExecutionTools } from "../execution.ts";
import { StreamTally } from "../stream-tally.ts";
import { missingPart } from "./execute.ts";

/** A stream whose first content is there: from here on nobody else can answer. */
interface CommittedStream {
  readonly attempt: AttemptInHand;
  readonly head: ChatDelta[];
  readonly rest: AsyncIterator<ChatStreamResponse>;
  readonly tally: StreamTally;
  readonly firstTokenMs: number;
}

/** Tries the attempts of a plan until one shows content, then hands on its stream. */
export function executeStream(tools: ExecutionTools) {
  return async function* (request: ExecuteStreamRequest, context: CallContext): AsyncIterable<ExecuteStreamResponse> {
    const { account, plan, chat } = request;
    if (account === undefined || plan === undefined || chat === undefined) throw missingPart();
    const execution = new Execution(tools, account, plan, context);
    let succeeded = false;
    try {
      const stream = await execution.run((attempt) => commit(attempt, request));
      yield* handOn(stream, request);
      succeeded = true;
      yield create(ExecuteStreamResponseSchema, { outcome: execution.outcome() });
    } finally {
      execution.finish(succeeded);
    }
  };
}

async function commit(attempt: AttemptInHand, request: ExecuteStreamRequest): Promise<CommittedStream> {
  const { plan, chat, account, strict } = request;
  if (chat === undefined) throw missingPart();
  attempt.watchdog.expect(plan?.limits?.firstTokenMs ?? 0, "The first content");
  const asked = { requestId: account?.requestId ?? "", chat: { ...chat, model: attempt.planned.model }, strict };
  const stream = attempt.client.chatStream(asked, attempt.context)[Symbol.asyncIterator]();
  const tally = new StreamTally(chat);
  const head: ChatDelta[] = [];
  try {
    while (!tally.hasContent) {
      const { done, value } = await stream.next();
      if (done === true) throw failure(ErrorCode.MALFORMED_ANSWER, "The stream ended without content.");
      tally.see(value.deltas);
      head.push(...value.deltas);
    }
  } catch (thrown) {
    accountFor(attempt, tally);
    throw thrown;
  }
  return { attempt, head, rest: stream, tally, firstTokenMs: performance.now() - attempt.startedAt };
}

async function* handOn(stream: CommittedStream, request: ExecuteStreamRequest): AsyncIterable<ExecuteStreamResponse> {
  const { attempt, rest, tally, firstTokenMs } = stream;
  attempt.watchdog.expect(request.plan?.limits?.gapMs ?? 0, "The next part of the answer");
  let end: { readonly thrown?: unknown } | undefined;
  try {
    yield create(ExecuteStreamResponseSchema, { deltas: stream.head });
    for (;;) {
      const { done, value } = await rest.next();
      if (done === true) break;
      attempt.watchdog.seen();
      tally.see(value.deltas);
      yield create(ExecuteStreamResponseSchema, { deltas: value.deltas });
    }
    end = {};
  } catch (error) {
    const thrown = attempt.context.signal.aborted ? abortError(attempt.context.signal) : error;
    end = { thrown };
    throw interrupted(thrown);
  } finally {
    // Neither an end nor an error: the reader stopped, because its caller went away.
    end ??= { thrown: failure(ErrorCode.CANCELLED, "The caller went away.") };
    accountFor(attempt, tally);
    attempt.end(end.thrown, { firstTokenMs, streamed: true });
    await rest.return?.();
  }
}

function accountFor(attempt: AttemptInHand, tally: StreamTally): void {
  const usage = tally.usage();
  if (usage !== undefined) attempt.used(usage);
}

/** What a caller is told when a stream breaks after content: the cause, and that a part was delivered. */
function interrupted(thrown: unknown) {
  const cause = asFairleadError(thrown);
  if (cause.code === ErrorCode.CANCELLED) return cause;
  return failure(ErrorCode.STREAM_INTERRUPTED, `The answer broke off: ${cause.message}`, { provider: cause.detail.provider, cause });
}
