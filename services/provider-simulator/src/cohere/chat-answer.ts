import type { Answer, ToolCall } from "../answer/plan-answer.ts";

/** An answer in the vendor's words. */
export interface ChatAnswer {
  readonly id: string;
  readonly answer: Answer;
  /** What a model that does not think says before it calls tools. */
  readonly plan: string;
  readonly finish: string;
  readonly usage: object;
}

/** A call as the vendor writes it, with as much of its arguments as there is. */
export function toolCall({ key, name }: ToolCall, json: string): object {
  return { id: `${name}_${key.slice(0, 12).toLowerCase()}`, type: "function", function: { name, arguments: json } };
}
