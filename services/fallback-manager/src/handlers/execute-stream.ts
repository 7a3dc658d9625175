import { create } from "@bufbuild/protobuf";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import {
  type ExecuteStreamRequest,
  type ExecuteStreamResponse,
  ExecuteStreamResponseSchema,
  type Outcome,
} from "@fairlead/contracts/execution/v1/execution_service";
import type { CallContext } from "@fairlead/rpc/call";
import { abortError } from "@fairlead/rpc/deadline";
import { asFairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { createAnswerChecker } from "../answer-checks.ts";
import { Execution } from "../execution.ts";
import type { ExecutionTools } from "../execution-tools.ts";
import { account as accountFor, openStream, type OpenStream } from "../open-stream.ts";
import { missingPart } from "./execute.ts";

/** Tries the attempts of a plan until one shows content that passes its checks, then hands on its stream. */
export function executeStream(tools: ExecutionTools) {
  return async function* (request: ExecuteStreamRequest, context: CallContext): AsyncIterable<ExecuteStreamResponse> {
    const { account, plan, chat, strict } = request;
    if (account === undefined || plan === undefined || chat === undefined) throw missingPart();
    const execution = new Execution(tools, account, plan, context);
    let succeeded = false;
    try {
      const checker = createAnswerChecker(plan.checks, chat, tools.schemas);
      const wish = { requestId: account.requestId, chat, strict, limits: plan.limits, checker, heldBytes: tools.heldStreamBytes };
      const stream = await execution.run((attempt) => openStream(attempt, wish));
      yield* handOn(stream, execution.outcome());
      succeeded = true;
      yield create(ExecuteStreamResponseSchema, { outcome: execution.outcome() });
    } finally {
      execution.finish(succeeded);
    }
  };
}

/** @param opened who answers, told with the first steps: what they are worth to a caller may depend on it */
async function* handOn(stream: OpenStream, opened: Outcome): AsyncIterable<ExecuteStreamResponse> {
  const { attempt, rest, tally, firstTokenMs } = stream;
  let end: { readonly thrown?: unknown } | undefined;
  try {
    yield create(ExecuteStreamResponseSchema, { deltas: stream.head, outcome: opened });
    if (stream.complete) return;
    for (let deltas = await rest.next(); deltas !== undefined; deltas = await rest.next()) {
      attempt.watchdog.seen();
      tally.see(deltas);
      yield create(ExecuteStreamResponseSchema, { deltas });
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
    rest.close();
  }
}

/** What a caller is told when a stream breaks after content: the cause, and that a part was delivered. */
function interrupted(thrown: unknown) {
  const cause = asFairleadError(thrown);
  if (cause.code === ErrorCode.CANCELLED) return cause;
  return failure(ErrorCode.STREAM_INTERRUPTED, `The answer broke off: ${cause.message}`, { provider: cause.detail.provider, cause });
}
