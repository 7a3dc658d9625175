import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";
import { type EmbedRequest, type EmbedResponse, EmbedResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { analyzeTexts } from "@fairlead/decision/analysis/analyze-texts";
import { NO_PINS } from "@fairlead/decision/routing/pins";
import type { CallContext } from "@fairlead/rpc/call";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { reportOf } from "../report.ts";
import { termsOf } from "../request-context.ts";
import { concludeRequest } from "../conclude-request.ts";
import { prepareRequest } from "../prepare-request.ts";
import { type RoutingSubject, routeRequest } from "../route-request.ts";
import type { GenerateTools } from "./generate.ts";

/** Chooses a target and has it turn texts into vectors. Vectors of one model mean nothing to another: none takes over. */
export function embed(tools: GenerateTools) {
  return async (request: EmbedRequest, given: CallContext): Promise<EmbedResponse> => {
    const { input } = request;
    if (input === undefined) throw invalidField("input", "value is required", "required");
    const { context, call } = termsOf(request.context, given, tools.tools);
    const analyzed = analyzeTexts(input);
    const startedAt = performance.now();
    const subject: RoutingSubject = { kind: ModelKind.EMBEDDING, model: input.model, analyzed, toolNames: [], streaming: false, maxOutputTokens: 0, context, policy: request.policy, pins: NO_PINS };
    const prepared = prepareRequest(tools, subject);
    const routed = await routeRequest(tools, prepared, call);
    const { plan, account } = routed;
    const executed = await tools.execution.executeEmbed({ account, plan, input, strict: context.strict }, call).catch((thrown: unknown) => {
      concludeRequest(tools, prepared, routed, { thrown }, startedAt, call);
      throw thrown;
    });
    concludeRequest(tools, prepared, routed, { outcome: executed.outcome }, startedAt, call);
    const report = reportOf(routed, executed.outcome, CacheState.BYPASS, executed.output?.adaptations ?? [], call);
    const answer = create(EmbedResponseSchema, { report });
    if (executed.output !== undefined) answer.output = executed.output;
    return answer;
  };
}
