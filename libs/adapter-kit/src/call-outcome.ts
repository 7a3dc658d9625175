import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { deltaBytes } from "./estimate-usage.ts";

/** What is known of a provider call by its end. */
export interface CallOutcome {
  id: string;
  model: string;
  readonly finishReasons: FinishReason[];
  usage: TokenUsage | undefined;
  /** Seconds until the first content of a stream. */
  firstChunkSeconds: number | undefined;
  /** Bytes of text that the answer held. */
  outputBytes: number;
}

/** Nothing is known yet. */
export function emptyOutcome(): CallOutcome {
  return { id: "", model: "", finishReasons: [], usage: undefined, firstChunkSeconds: undefined, outputBytes: 0 };
}

/** Notes a whole answer. */
export function noteAnswer(outcome: CallOutcome, answer: ChatResponse): void {
  outcome.id = answer.id;
  outcome.model = answer.model;
  outcome.usage = answer.usage;
  for (const choice of answer.choices) outcome.finishReasons.push(choice.finishReason);
}

/** Notes a step of a streamed answer. `elapsed` tells the seconds since the call began. */
export function noteDelta(outcome: CallOutcome, delta: ChatDelta, elapsed: () => number): void {
  const { step } = delta;
  switch (step.case) {
    case "started":
      outcome.id = step.value.id;
      outcome.model = step.value.model;
      return;
    case "finished":
      outcome.finishReasons.push(step.value.reason);
      return;
    case "usage":
      outcome.usage = step.value;
      return;
    case "adaptation":
      return;
    default:
      outcome.firstChunkSeconds ??= elapsed();
      outcome.outputBytes += deltaBytes(delta);
  }
}
