import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Flavor, SamplingField } from "../flavor.ts";

/** Values that say nothing, which reasoning does not bar. */
const NEUTRAL: Readonly<Record<SamplingField, number | undefined>> = {
  temperature: 1,
  top_p: 1,
  top_k: undefined,
  frequency_penalty: 0,
  presence_penalty: 0,
};

/**
 * The fields of sampling that the server takes.
 *
 * @param fixed true for a model that reasons, which bars custom sampling
 */
export function toSampling(request: ChatRequest, fixed: boolean, flavor: Flavor, log: AdaptationLog): JsonObject {
  const fields: Record<string, unknown> = {};
  const set = (field: SamplingField, value: number | undefined) => {
    if (value === undefined) return;
    if (!flavor.sampling.has(field)) log.dropped(field, `${flavor.name} has no such sampling.`);
    else if (fixed && value !== NEUTRAL[field]) log.dropped(field, "The model reasons and takes no custom sampling.");
    else fields[field] = value;
  };
  const { temperature } = request;
  const hot = temperature !== undefined && temperature > flavor.maxTemperature;
  set("temperature", hot ? flavor.maxTemperature : temperature);
  if (hot && fields["temperature"] !== undefined)
    log.clamped("temperature", `${flavor.name} takes ${flavor.maxTemperature} at most.`);
  set("top_p", request.topP);
  set("top_k", request.topK);
  set("frequency_penalty", request.frequencyPenalty);
  set("presence_penalty", request.presencePenalty);
  return { ...fields, ...toSeed(request.seed, flavor, log) };
}

function toSeed(seed: bigint | undefined, flavor: Flavor, log: AdaptationLog): JsonObject {
  if (seed === undefined) return {};
  if (flavor.seedField === undefined) log.dropped("seed", `${flavor.name} takes no seed.`);
  else if (!Number.isSafeInteger(Number(seed))) log.dropped("seed", "The number is too large for JSON.");
  else return { [flavor.seedField]: Number(seed) };
  return {};
}
