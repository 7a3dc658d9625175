import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { CacheMarker } from "@fairlead/contracts/chat/v1/content";
import type { Flavor } from "./flavor.ts";

/** What a body is written by. */
export interface Writing {
  readonly flavor: Flavor;
  readonly log: AdaptationLog;
  /** Deployment that is asked. */
  readonly deployment: string;
  /** True where the model takes marks of the prompt cache. */
  readonly cacheMarkers: boolean;
}

const FIVE_MINUTES = 300;
const HALF_HOUR = 1_800;

/** What can be marked. */
interface Marked {
  readonly cacheMarker?: CacheMarker | undefined;
}

/**
 * The fields of a block that mark the prompt cache, or a note where the server takes no such mark.
 *
 * @param inContent false for tools and their calls, where OpenAI's breakpoints have no place
 */
export function cacheMark(marked: Marked, inContent: boolean, path: string, writing: Writing): object {
  const { flavor, log } = writing;
  const seconds = marked.cacheMarker?.ttlSeconds;
  if (seconds === undefined) return {};
  if (!writing.cacheMarkers || (flavor.cacheMarkers === "prompt_cache_breakpoint" && !inContent)) {
    log.emulated(`${path}.cache_marker`, `${flavor.name} caches long prompts by itself.`);
    return {};
  }
  if (flavor.cacheMarkers === "cache_control") {
    const ttl = seconds === 0 ? {} : { ttl: seconds <= FIVE_MINUTES ? "5m" : "1h" };
    return { cache_control: { type: "ephemeral", ...ttl } };
  }
  const ttl = seconds === 0 ? {} : { ttl: seconds <= HALF_HOUR ? "30m" : "12h" };
  return { prompt_cache_breakpoint: { mode: "explicit", ...ttl } };
}
