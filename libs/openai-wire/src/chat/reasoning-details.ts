import { asList, asObject, asText, isObject, type JsonObject } from "@fairlead/adapter-kit/json";
import { malformedAnswer } from "@fairlead/adapter-kit/malformed";
import type { Flavor } from "../flavor.ts";

/** Details of one answer at most, and characters of what one of them holds: a hostile stream must not make this state grow. */
const MAX_DETAILS = 1_024;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Fields of a detail that come in fragments. */
const FRAGMENTS = ["text", "summary", "data"] as const;

/**
 * The details of an answer's reasoning as text, to be handed back as they are where the server wants that; empty where they
 * hold no more than what can be read, or are not wanted.
 */
export function keptDetails({ reasoningBack }: Pick<Flavor, "reasoningBack">, details: unknown): string {
  if (reasoningBack !== "reasoning_details" || !Array.isArray(details) || !details.some(holdsState)) return "";
  return JSON.stringify(details);
}

function holdsState(detail: unknown): boolean {
  const { signature, data } = asObject(detail);
  return asText(signature) !== "" || asText(data) !== "";
}

/** Puts the details of a streamed answer together. */
export interface DetailGatherer {
  take(details: unknown): void;
  /** What was gathered since the last time, as {@link keptDetails} writes it. */
  release(): string;
}

/** Makes a gatherer; it gathers nothing where the server wants no details back. */
export function gatherDetails(flavor: Flavor): DetailGatherer {
  let details: Record<string, unknown>[] = [];
  let characters = 0;
  const wanted = flavor.reasoningBack === "reasoning_details";
  return {
    take(given) {
      if (!wanted) return;
      for (const detail of asList(given)) {
        if (!isObject(detail)) continue;
        characters += sizeOf(detail);
        if (characters > MAX_CHARACTERS) throw malformedAnswer("The reasoning of the provider's stream is too long.");
        const last = details.at(-1);
        if (last !== undefined && last["index"] === detail["index"] && last["type"] === detail["type"])
          merge(last, detail);
        else if (details.length < MAX_DETAILS) details.push({ ...detail });
        else throw malformedAnswer("The provider's stream has too many details of reasoning.");
      }
    },
    release() {
      const kept = keptDetails(flavor, details);
      details = [];
      return kept;
    },
  };
}

function merge(into: Record<string, unknown>, detail: JsonObject): void {
  for (const [key, value] of Object.entries(detail)) {
    const fragment = (FRAGMENTS as readonly string[]).includes(key) && typeof value === "string";
    if (fragment) into[key] = asText(into[key]) + value;
    else if (value !== null && value !== undefined) into[key] = value;
  }
}

function sizeOf(detail: JsonObject): number {
  let size = 64;
  for (const value of Object.values(detail)) if (typeof value === "string") size += value.length;
  return size;
}
