import { create } from "@bufbuild/protobuf";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import {
  type GenerateStreamRequest,
  type GenerateStreamResponse,
  GenerateStreamResponseSchema,
} from "@fairlead/contracts/routing/v1/router_service";
import type { CallContext } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type Conclusion, concludeRequest } from "../conclude-request.ts";
import { beginMeter, meterFailure } from "../count-requests.ts";
import { degradedAnswer } from "../degraded-answer.ts";
import { deltasOf } from "../degraded-stream.ts";
import { type Prepared, prepareRequest } from "../prepare-request.ts";
import { reportOf } from "../report.ts";
import { termsOf } from "../request-context.ts";
import { routeRequest, unimplemented } from "../route-request.ts";
import { capOutput, chatOf, chatSubject, type GenerateTools } from "./generate.ts";

/** Chooses a target and hands on its answer as it comes. Streams are neither stored nor answered from the store. */
export function generateStream(tools: GenerateTools) {
  return async function* (request: GenerateStreamRequest, given: CallContext): AsyncIterable<GenerateStreamResponse> {
    const meter = beginMeter(tools.metrics, "stream", request);
    try {
      const chat = chatOf(request);
      const { context, call } = termsOf(request.context, given, tools.tools);
      if (context.idempotencyKey !== "") throw unimplemented("context.idempotency_key of a stream");
      const prepared = prepareRequest(tools, chatSubject(chat, context, request.policy, true));
      let delivered = false;
      try {
        for await (const message of answerFrom(tools, prepared, chat, call)) {
          if (!delivered && message.deltas.length > 0) meter.firstContent();
          delivered ||= message.deltas.length > 0;
          yield message;
        }
        meter.ended("answered", ErrorCode.UNSPECIFIED);
      } catch (thrown) {
        const degraded = delivered ? undefined : await degradedAnswer(tools.degrade, prepared, chat, thrown, call);
        if (degraded?.chat === undefined || degraded.report === undefined) throw thrown;
        meter.ended("degraded", ErrorCode.UNSPECIFIED);
        yield create(GenerateStreamResponseSchema, { deltas: deltasOf(degraded.chat), report: degraded.report });
      }
    } catch (thrown) {
      meterFailure(meter, thrown);
      throw thrown;
    } finally {
      // Counts only where nothing ended it before: its reader stopped reading.
      meter.ended("cancelled", ErrorCode.CANCELLED);
    }
  };
}

async function* answerFrom(tools: GenerateTools, prepared: Prepared, chat: ChatRequest, call: CallContext): AsyncIterable<GenerateStreamResponse> {
  const startedAt = performance.now();
  const routed = await routeRequest(tools, prepared, call);
  const { plan, account } = routed;
  const adaptations: Adaptation[] = [];
  let conclusion: Conclusion = { thrown: failure(ErrorCode.CANCELLED, "The caller went away.") };
  try {
    yield create(GenerateStreamResponseSchema, { report: reportOf(routed, undefined, CacheState.BYPASS, adaptations, call) });
    const asked = { account, plan, chat: capOutput(chat, routed.outputCap), strict: prepared.subject.context.strict };
    let outcome: Outcome | undefined;
    for await (const message of tools.execution.executeStream(asked, call)) {
      outcome = message.outcome ?? outcome;
      if (message.deltas.length === 0) continue;
      gatherAdaptations(message.deltas, adaptations);
      const step = create(GenerateStreamResponseSchema, { deltas: message.deltas });
      // Who answers is known with the first content; seals of reasoning name it.
      if (message.outcome !== undefined) step.report = reportOf(routed, outcome, CacheState.BYPASS, adaptations, call);
      yield step;
    }
    conclusion = { outcome };
    yield create(GenerateStreamResponseSchema, { report: reportOf(routed, outcome, CacheState.BYPASS, adaptations, call) });
  } catch (thrown) {
    conclusion = { thrown };
    throw thrown;
  } finally {
    concludeRequest(tools, prepared, routed, conclusion, startedAt, call);
  }
}

function gatherAdaptations(deltas: readonly ChatDelta[], into: Adaptation[]): void {
  for (const { step } of deltas) if (step.case === "adaptation") into.push(step.value);
}
