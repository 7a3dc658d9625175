import { z } from "zod";
import { priceEntry } from "./price-entry.ts";

/** What a model can do, in the words of models.yaml. */
export const CAPABILITIES = ["tools", "streaming", "vision", "audio_input", "audio_output", "files", "structured_output", "reasoning"] as const;

const count = z.int().min(1).max(4_294_967_295);

const limitsEntry = z.strictObject({
  requests_per_minute: count.optional(),
  tokens_per_minute: z.int().min(1).optional(),
  concurrent_requests: count.optional(),
  quota_account: z.string().min(1).max(128).optional(),
});

const score = z.number().min(0).max(1);

/** A model as models.yaml tells it. */
export const modelEntry = z
  .strictObject({
    model: z.string().min(1).max(256),
    aliases: z.array(z.string().min(1).max(256)).max(32).default([]),
    kind: z.enum(["chat", "embedding"]),
    tier: z.enum(["flagship", "balanced", "efficient", "specialised"]),
    capabilities: z.array(z.enum(CAPABILITIES)),
    context_window_tokens: z.int().positive(),
    max_output_tokens: z.int().nonnegative(),
    strengths: z.record(z.string().min(1), score).refine((strengths) => "overall" in strengths, "needs an overall score"),
    typical_first_token_ms: z.int().positive(),
    typical_tokens_per_second: z.int().positive(),
    /** Empty: not known, so that the model is never chosen. */
    prices: z.array(priceEntry).max(64).default([]),
    /** Name under which several providers offer the same weights. */
    canonical_model: z.string().min(1).max(256).optional(),
    /** What the provider lets through for the model. */
    limits: limitsEntry.optional(),
    traits: z.unknown().optional(),
  })
  .superRefine(({ kind, prices }, context) => {
    for (const [index, { output, free }] of prices.entries()) {
      if (kind === "embedding" || free || output > 0n) continue;
      context.addIssue({ code: "custom", path: ["prices", index, "output"], message: "a price of 0 must say free: true" });
    }
  });

/** A model as models.yaml tells it. */
export type ModelEntry = z.infer<typeof modelEntry>;
