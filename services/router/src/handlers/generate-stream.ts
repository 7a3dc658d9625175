import { create } from "@bufbuild/protobuf";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { Outcome } from "@fairlead/contracts/execution/v1/execution_service";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import {
  type GenerateStreamRequest,
  type GenerateStreamResponse,
  GenerateStreamResponseSchema,
} from "@fairlead/contracts/routing/v1/router_service";
import type { CallContext } from "@fairlead/rpc/call";
import { reportOf } from "../report.ts";
import { termsOf } from "../request-context.ts";
import { routeRequest, unimplemented } from "../route-request.ts";
import { capOutput, chatOf, chatSubject, type GenerateTools } from "./generate.ts";

/** Chooses a target and hands on its answer as it comes. Streams are neither stored nor answered from the store. */
export function generateStream(tools: GenerateTools) {
  return async function* (request: GenerateStreamRequest, given: CallContext): AsyncIterable<GenerateStreamResponse> {
    const chat = chatOf(request);
    const { context, call } = termsOf(request.context, given, tools.tools);
    if (context.idempotencyKey !== "") throw unimplemented("context.idempotency_key of a stream");
    const routed = await routeRequest(tools, chatSubject(chat, context, request.policy, true), call);
    const { plan, account } = routed;
    const adaptations: Adaptation[] = [];
    let report = reportOf(routed, undefined, CacheState.BYPASS, adaptations, call);
    yield create(GenerateStreamResponseSchema, { report });
    const asked = { account, plan, chat: capOutput(chat, routed.outputCap), strict: context.strict };
    let outcome: Outcome | undefined;
    for await (const message of tools.execution.executeStream(asked, call)) {
      outcome = message.outcome ?? outcome;
      if (message.deltas.length === 0) continue;
      gatherAdaptations(message.deltas, adaptations);
      yield create(GenerateStreamResponseSchema, { deltas: message.deltas });
    }
    report = reportOf(routed, outcome, CacheState.BYPASS, adaptations, call);
    yield create(GenerateStreamResponseSchema, { report });
  };
}

function gatherAdaptations(deltas: readonly ChatDelta[], into: Adaptation[]): void {
  for (const { step } of deltas) if (step.case === "adaptation") into.push(step.value);
}
