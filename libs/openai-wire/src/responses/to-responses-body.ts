import { createAdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { asList, type JsonObject } from "@fairlead/adapter-kit/json";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { ChatRequest, KeptAnswer } from "@fairlead/contracts/chat/v1/chat_request";
import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import type { ResponseCreateParams } from "openai/resources/responses/responses";
import { RESPONSES_DIALECT } from "../dialects.ts";
import type { Flavor } from "../flavor.ts";
import { chooseEffort, reasons } from "../reasoning-effort.ts";
import type { ModelTraits } from "../traits.ts";
import type { Writing } from "../writing.ts";
import { asResponsesFields } from "./shared-fields.ts";
import { toConversation } from "./to-input-items.ts";
import { toLimits, toReasoning, toSampling, toTextFormat } from "./to-responses-settings.ts";
import { toResponsesTools } from "./to-responses-tools.ts";

/** Fields that a caller of the dialect may keep whole, because they hold more than the contract knows. */
const REPLACEABLE: ReadonlySet<string> = new Set(["tools", "tool_choice", "text", "reasoning", "include", "store"]);

const ENCRYPTED_REASONING = "reasoning.encrypted_content";

/** What a body depends on beside the request. */
export interface ResponsesBodySettings {
  readonly flavor: Flavor;
  /** Of the model; undefined for a model that is not listed, for which nothing is held back. */
  readonly traits: ModelTraits | undefined;
  readonly strict: boolean;
  readonly stream: boolean;
  /** Deployment that is asked. Empty: the only one. */
  readonly deployment: string;
}

/** A body, and what of the request it does not say. */
export interface ResponsesBody {
  readonly body: ResponseCreateParams;
  readonly adaptations: readonly Adaptation[];
}

/**
 * Writes a request as the Responses API takes it. The provider keeps nothing unless the caller asks for it; reasoning comes
 * back encrypted, so that the next turn can hand it back.
 *
 * @throws FairleadError INVALID_REQUEST for an answer to go on from that is kept elsewhere, and in strict mode for a field
 *   that the server cannot take
 */
export function toResponsesBody(
  request: ChatRequest,
  { flavor, traits, strict, stream, deployment }: ResponsesBodySettings,
): ResponsesBody {
  const log = createAdaptationLog(strict);
  const writing: Writing = { flavor, log, deployment, cacheMarkers: traits?.cache_breakpoints === true };
  const { instructions, input } = toConversation(request, writing);
  const effort = request.reasoning === undefined ? undefined : chooseEffort(request.reasoning, traits, log);
  const body: Record<string, unknown> = {
    model: request.model,
    ...(instructions === undefined ? {} : { instructions }),
    input,
    ...toPreviousAnswer(request.previousAnswer, writing),
    ...toResponsesTools(request, writing),
    ...toLimits(request, flavor, log),
    ...toSampling(request, reasons(traits, effort), flavor, log),
    ...toTextFormat(request, log),
    ...toReasoning(request, traits, effort),
    ...(request.endUser === "" ? {} : { safety_identifier: request.endUser }),
    store: false,
    ...(stream ? { stream: true } : {}),
  };
  const unknownFields = asResponsesFields(request.unknownFields, body);
  Object.assign(body, passUnknownFields({ unknownFields }, RESPONSES_DIALECT, body, log, REPLACEABLE));
  const include = asList(body["include"]);
  if (traits !== undefined && traits.reasoning_efforts.length > 0 && !include.includes(ENCRYPTED_REASONING)) {
    body["include"] = [...include, ENCRYPTED_REASONING];
  }
  return { body: body as unknown as ResponseCreateParams, adaptations: log.entries };
}

function toPreviousAnswer(kept: KeptAnswer | undefined, { flavor, deployment }: Writing): JsonObject {
  if (kept === undefined) return {};
  if (kept.provider !== flavor.provider || kept.deployment !== deployment) {
    throw invalidField("chat.previous_answer", "only the deployment that keeps the answer can go on from it");
  }
  return { previous_response_id: kept.id };
}
