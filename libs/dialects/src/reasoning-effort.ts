import { ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";

const EFFORTS: Readonly<Record<string, ReasoningEffort>> = {
  none: ReasoningEffort.NONE,
  minimal: ReasoningEffort.MINIMAL,
  low: ReasoningEffort.LOW,
  medium: ReasoningEffort.MEDIUM,
  high: ReasoningEffort.HIGH,
};

/** Words above "high", for which the contract has none; high is the nearest. */
const BEYOND_HIGH: ReadonlySet<string> = new Set(["xhigh", "max"]);

/** What a word for reasoning effort means here, and whether that is all it means. */
export interface EffortReading {
  readonly effort: ReasoningEffort;
  /** False when the word says more than the contract can, so that it has to be carried along. */
  readonly exact: boolean;
}

export function readEffort(word: string): EffortReading {
  const effort = EFFORTS[word];
  if (effort !== undefined) return { effort, exact: true };
  return { effort: BEYOND_HIGH.has(word) ? ReasoningEffort.HIGH : ReasoningEffort.UNSPECIFIED, exact: false };
}
