import { create } from "@bufbuild/protobuf";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { type TokenUsage, TokenUsageSchema } from "@fairlead/contracts/chat/v1/usage";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { analyzeRequest } from "@fairlead/decision/analysis/analyze-request";
import { emptyMeasure, estimateTokens, measureText } from "@fairlead/decision/analysis/measure-text";

/** Watches a stream go by: what it used, and how far it has come. */
export class StreamTally {
  readonly #chat: ChatRequest;
  readonly #written = emptyMeasure();
  readonly #reasoned = emptyMeasure();
  #told: TokenUsage | undefined;
  #content = false;
  #started = false;

  constructor(chat: ChatRequest) {
    this.#chat = chat;
  }

  /** True once something was said that a caller could see. */
  get hasContent(): boolean {
    return this.#content;
  }

  see(deltas: readonly ChatDelta[]): void {
    this.#started ||= deltas.length > 0;
    for (const { step } of deltas) this.#step(step);
  }

  /** As `usage`, of a stream that was called off: its prompt has been read, also where nothing has come yet. */
  usageSoFar(): TokenUsage {
    return this.usage() ?? create(TokenUsageSchema, { inputTokens: analyzeRequest(this.#chat).analysis.inputTokens, estimated: true });
  }

  /** What was used: as the provider told, or estimated from the text where the stream ended before it could tell. */
  usage(): TokenUsage | undefined {
    if (this.#told !== undefined) return this.#told;
    if (!this.#started) return undefined;
    return create(TokenUsageSchema, {
      inputTokens: analyzeRequest(this.#chat).analysis.inputTokens,
      outputTokens: estimateTokens(this.#written),
      reasoningTokens: estimateTokens(this.#reasoned),
      estimated: true,
    });
  }

  #step(step: ChatDelta["step"]): void {
    switch (step.case) {
      case "text":
      case "refusal":
        measureText(step.value, this.#written);
        break;
      case "reasoning":
        measureText(step.value, this.#reasoned);
        break;
      case "toolCallArguments":
        measureText(step.value.fragment, this.#written);
        break;
      case "usage":
        this.#told = step.value;
        return;
      case "started":
      case "adaptation":
      case "extraField":
      case undefined:
        return;
      default:
        break;
    }
    this.#content = true;
  }
}
