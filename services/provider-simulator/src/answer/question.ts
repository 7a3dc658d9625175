import type { JsonObject } from "../json.ts";
import type { ModelProfile } from "../models/model-profile.ts";

/** A function that the caller offers to the model. */
export interface OfferedTool {
  readonly name: string;
  /** JSON schema of the arguments; undefined means none. */
  readonly schema: JsonObject | undefined;
}

export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "required" }
  | { readonly kind: "named"; readonly name: string };

/** What every wire reduces a generation request to. */
export interface Question {
  readonly model: ModelProfile;
  /** Of the messages; together with seed and model it decides the answer. */
  readonly hash: number;
  readonly promptTokens: number;
  /** Text of the last message of the user, empty if there is none. */
  readonly lastUserText: string;
  /** Whether a tool's result follows the last text of the user. */
  readonly afterToolResult: boolean;
  readonly tools: readonly OfferedTool[];
  readonly toolChoice: ToolChoice;
  /** Whether several tools may be called at once. */
  readonly parallelTools: boolean;
  /** JSON schema that a text answer must satisfy; undefined for free text. */
  readonly schema: JsonObject | undefined;
  /** Output tokens at most; undefined means no limit of the caller's. */
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[];
  /** Whether the model thinks before it answers, and the tokens it may use for it. */
  readonly thinkingBudget: number;
}

/** The schema that stands for "any JSON object". */
export const ANY_OBJECT: JsonObject = {
  type: "object",
  properties: { answer: { type: "string" }, confidence: { type: "number", minimum: 0, maximum: 1 } },
  required: ["answer", "confidence"],
};
