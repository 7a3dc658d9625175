import { AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { CacheState } from "@fairlead/contracts/routing/v1/route_report";

const CACHE_WORDS: Readonly<Record<CacheState, string>> = {
  [CacheState.UNSPECIFIED]: "none",
  [CacheState.BYPASS]: "bypass",
  [CacheState.MISS]: "miss",
  [CacheState.HIT]: "hit",
};

const ADAPTATION_WORDS: Readonly<Record<AdaptationKind, string>> = {
  [AdaptationKind.UNSPECIFIED]: "adapted",
  [AdaptationKind.DROPPED]: "dropped",
  [AdaptationKind.CLAMPED]: "clamped",
  [AdaptationKind.EMULATED]: "emulated",
};

/** Whether an answer came from the store: none, bypass, miss or hit. */
export function cacheWord(state: CacheState): string {
  return CACHE_WORDS[state] ?? "none";
}

/** What happened to a field: dropped, clamped, emulated, or adapted where it is not known how. */
export function adaptationWord(kind: AdaptationKind): string {
  return ADAPTATION_WORDS[kind] ?? "adapted";
}

/** The stable word of an error code, for example rate_limited. A code of a newer version is internal. */
export function errorWord(code: ErrorCode): string {
  return (ErrorCode[code] ?? "INTERNAL").toLowerCase();
}
