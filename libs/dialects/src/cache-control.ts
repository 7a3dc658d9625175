import type { CacheMarker, Part } from "@fairlead/contracts/chat/v1/content";
import { z } from "zod";
import { cacheMarker } from "./part-builders.ts";

/** Anthropic's cache marker, which some callers also put into OpenAI bodies. */
export const cacheControlSchema = z
  .looseObject({
    type: z.literal("ephemeral"),
    ttl: z
      .string()
      .regex(/^[1-9]\d{0,3}[smh]$/, "A time such as 5m or 1h is expected.")
      .nullish(),
  })
  .nullish();

export type CacheControl = z.infer<typeof cacheControlSchema>;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** The marker of a cache_control; undefined when there is none. No ttl is the provider's default, 0. */
export function toCacheMarker(control: CacheControl): CacheMarker | undefined {
  if (control === null || control === undefined) return undefined;
  return cacheMarker(control.ttl === null || control.ttl === undefined ? 0 : ttlSeconds(control.ttl));
}

/** Sets the marker of a cache_control on a part, where there is one. */
export function withMarker(part: Part, control: CacheControl): Part {
  const marker = toCacheMarker(control);
  if (marker !== undefined) part.cacheMarker = marker;
  return part;
}

function ttlSeconds(ttl: string): number {
  return Number(ttl.slice(0, -1)) * (SECONDS[ttl.slice(-1)] ?? 1);
}
