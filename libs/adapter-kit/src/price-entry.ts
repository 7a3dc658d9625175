import { z } from "zod";
import { parseNanoUsd } from "./parse-price.ts";

const price = z.string().transform((text, context) => {
  try {
    return parseNanoUsd(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

const rates = {
  input: price,
  output: price,
  cache_read: price.optional(),
  cache_write: price.optional(),
  reasoning: price.optional(),
  audio_input: price.optional(),
  audio_output: price.optional(),
  image_input: price.optional(),
  image_output: price.optional(),
};

const BUCKETS = Object.keys(rates) as (keyof typeof rates)[];

const longPromptEntry = z.strictObject({ above_tokens: z.int().min(1).max(4_294_967_295), ...rates });

/** What a request costs whose prompt is above a number of tokens, in nano-dollars a million tokens. */
export type LongPromptEntry = z.infer<typeof longPromptEntry>;

/** A dated price as models.yaml tells it. */
export const priceEntry = z
  .strictObject({
    effective_from: z.iso.date().optional(),
    ...rates,
    /** Rates of long prompts, in place of those above, by rising numbers of tokens. */
    long_prompt: z.array(longPromptEntry).max(8).default([]),
    /** Says that a price of nothing is meant, and not one that somebody left to fill in. */
    free: z.boolean().default(false),
  })
  .superRefine((entry, context) => {
    const steps = entry.long_prompt;
    const costs = [entry.input, entry.output, entry.reasoning, entry.audio_input, entry.audio_output, entry.image_input, entry.image_output];
    if (entry.free && (costs.some((cost) => (cost ?? 0n) > 0n) || steps.length > 0)) {
      context.addIssue({ code: "custom", path: ["free"], message: "a price above 0 is not free" });
    }
    if (!entry.free && entry.input === 0n) {
      context.addIssue({ code: "custom", path: ["input"], message: "a price of 0 must say free: true; leave prices out where they are not known" });
    }
    for (const [index, step] of steps.entries()) {
      for (const [key, message] of stepProblems(step, entry, steps[index - 1]?.above_tokens ?? 0)) {
        context.addIssue({ code: "custom", path: ["long_prompt", index, key], message });
      }
    }
  });

/** One dated price of a model, in nano-dollars a million tokens. */
export type PriceEntry = z.infer<typeof priceEntry>;

/** A bucket that only one of both tells would be billed as another in prompts of one length, and apart in those of the other. */
function stepProblems(step: LongPromptEntry, base: Omit<LongPromptEntry, "above_tokens">, previous: number): [string, string][] {
  const problems: [string, string][] = [];
  if (step.above_tokens <= previous) problems.push(["above_tokens", "must rise from entry to entry"]);
  for (const bucket of BUCKETS) {
    const [own, other] = [step[bucket], base[bucket]];
    if (own === undefined && other !== undefined) problems.push([bucket, "is missing; the price has one for other prompts"]);
    if (own !== undefined && other === undefined) problems.push([bucket, "must be told for other prompts too"]);
    if (own === 0n && other !== undefined && other > 0n) problems.push([bucket, "a price of 0 is not one of long prompts"]);
  }
  return problems;
}
