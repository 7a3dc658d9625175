import { z } from "zod";

const efforts = z.enum(["none", "minimal", "low", "medium", "high"]);

/** How much a model can be told to reason, in OpenAI's words. */
export type ReasoningEffortName = z.infer<typeof efforts>;

/** How `models.yaml` writes the traits. */
export const modelTraits = z
  .strictObject({
    /** Efforts that the model takes; empty for models that do not reason. Reasoning bars custom sampling, unless said otherwise. */
    reasoning_efforts: z.array(efforts).default([]),
    /** Effort of a request that says none. */
    default_effort: efforts.default("none"),
    /** True when chat completions with tools are refused unless the effort is none. */
    tools_bar_reasoning: z.boolean().default(false),
    /** True where reasoning bars no custom sampling. */
    samples_while_reasoning: z.boolean().default(false),
    /** API that the model is reached by: `responses` for models that chat completions do not offer. */
    api: z.enum(["chat", "responses"]).default("chat"),
    /** True when the model takes marks up to which its prompt is cached. */
    cache_breakpoints: z.boolean().default(false),
  })
  .prefault({});

/** What requests for a model depend on. */
export type ModelTraits = z.infer<typeof modelTraits>;
