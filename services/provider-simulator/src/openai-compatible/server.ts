import type { WholeReply } from "../http/reply.ts";
import type { ModelTable } from "../models/model-profile.ts";
import type { Refusal } from "../refusal.ts";

/** Where a server that speaks OpenAI's chat completions writes them in a way of its own. */
export interface CompatibleServer {
  readonly provider: string;
  /** The first segment of every path, with its leading slash. */
  readonly prefix: string;
  /** The path that an SDK takes as its base. */
  readonly basePath: string;
  readonly models: ModelTable;
  /** Header that brings the key, as a bearer's or bare. */
  readonly keyHeader: "authorization" | "api-key";
  /** Paths of chat completions below the prefix; a group named `model` is the model's name. */
  readonly chatPaths: readonly RegExp[];
  /** Path of embeddings below the prefix; undefined where there are none. */
  readonly embeddingsPath?: string;
  /** Path of the list of models below the prefix. */
  readonly modelsPath: string;
  readonly refuse: (refusal: Refusal) => WholeReply;
  /** Fields of a request that are refused, with dots into objects and `[]` for every entry of a list. */
  readonly refusedFields: readonly string[];
  /** Whether several answers can be asked for. */
  readonly manyChoices: boolean;
  readonly refuseField: (field: string) => Refusal;
  /** Efforts that are taken. */
  readonly efforts: readonly string[];
  /** How a thought is shown: in a field of the message, or in parts of its content. */
  readonly reasoning: "reasoning" | "reasoning_content" | "thinking_parts";
  /** Whether a stream tells usage unasked, on its last chunk with a choice. */
  readonly usageUnasked: boolean;
  /** The counts under the server's own names. */
  readonly usage: (counts: UsageCounts) => object;
  /** A chunk that comes before all others. */
  readonly preamble?: object;
  /** What every choice of a stream or of a whole answer holds besides. */
  readonly choiceFields?: object;
  /** What the first and the last chunk, or a whole answer, hold besides. */
  readonly envelope?: (place: "first" | "last" | "whole", usage: object, requestId: string) => object;
  /** What a model that calls tools badly is answered with, where the server looks at its calls. */
  readonly badToolCall?: (failedText: string) => WholeReply;
}

/** Tokens of an answer. */
export interface UsageCounts {
  readonly prompt: number;
  readonly cached: number;
  readonly completion: number;
  readonly reasoning: number;
}

/** The counts as OpenAI names them. */
export function plainUsage({ prompt, cached, completion, reasoning }: UsageCounts): object {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
