import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import type { ModelPrice } from "@fairlead/contracts/cost/v1/price";

/** Nano-dollars for a million tokens of each bucket. A bucket without a rate is billed as input or as output. */
export type TokenRates = Pick<
  ModelPrice,
  | "input"
  | "output"
  | "cacheRead"
  | "cacheWrite"
  | "reasoning"
  | "audioInput"
  | "audioOutput"
  | "imageInput"
  | "imageOutput"
>;

/** Tokens of a prompt, those of all input buckets together. */
export function promptTokensOf(usage: TokenUsage): number {
  return (
    usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.audioInputTokens + usage.imageInputTokens
  );
}

/**
 * The rates at which a whole request is billed: those of the highest threshold that its prompt is above, otherwise the
 * price's own. Makes nothing: every request asks for it several times.
 *
 * @param promptTokens of all input buckets together; exactly as many as a threshold are not above it
 */
export function ratesFor(price: ModelPrice, promptTokens: number): TokenRates {
  const { longPrompt } = price;
  let rates: TokenRates = price;
  let threshold = 0;
  for (let place = 0; place < longPrompt.length; place++) {
    const step = longPrompt[place];
    if (step === undefined || step.aboveTokens >= promptTokens || step.aboveTokens < threshold) continue;
    rates = step;
    threshold = step.aboveTokens;
  }
  return rates;
}

/**
 * The dearest rates that a prompt of so many tokens or fewer can reach, each that of the dearest bucket that a token
 * could fall into.
 *
 * @param maxPromptTokens of all input buckets together
 */
export function dearestRates(price: ModelPrice, maxPromptTokens: number): Pick<TokenRates, "input" | "output"> {
  let input = dearestInput(price);
  let output = dearestOutput(price);
  for (const step of price.longPrompt) {
    if (step.aboveTokens >= maxPromptTokens) continue;
    input = dearest(input, dearestInput(step));
    output = dearest(output, dearestOutput(step));
  }
  return { input, output };
}

function dearestInput({ input, cacheRead, cacheWrite, audioInput, imageInput }: TokenRates): bigint {
  return dearest(input, cacheRead, cacheWrite, audioInput, imageInput);
}

function dearestOutput({ output, reasoning, audioOutput, imageOutput }: TokenRates): bigint {
  return dearest(output, reasoning, audioOutput, imageOutput);
}

function dearest(base: bigint, ...others: readonly (bigint | undefined)[]): bigint {
  let most = base;
  for (const other of others) if (other !== undefined && other > most) most = other;
  return most;
}
