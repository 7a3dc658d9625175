import { hashText } from "../answer/hash.ts";
import type { Answer } from "../answer/plan-answer.ts";
import type { HostedWork } from "./hosted-tools.ts";

export interface ContentHead {
  readonly responseId: string;
  readonly modelVersion: string;
  readonly promptTokens: number;
  /** Whether thoughts are shown or only counted. */
  readonly showsThoughts: boolean;
  /** Whether the model gives its calls ids and signs the first of them, or its text. */
  readonly signs: boolean;
  /** What Google's own tools did before the text. */
  readonly hosted: HostedWork;
}

/** The parts of a whole answer. */
export function partsOf(answer: Answer, head: ContentHead): readonly object[] {
  const thoughts = head.showsThoughts && answer.thinking !== "" ? [{ text: answer.thinking, thought: true }] : [];
  if (answer.calls.length > 0) return [...thoughts, ...callParts(answer, head.signs)];
  // What the vendor's filter stops is not shown.
  if (answer.finish === "refusal") return thoughts;
  const signed = head.signs ? { thoughtSignature: signature(answer.text) } : {};
  return answer.text === "" ? thoughts : [...thoughts, ...head.hosted.parts, { text: answer.text, ...signed }];
}

/** The calls of an answer; where the model signs, the first one carries a signature for all. */
export function callParts(answer: Answer, signs: boolean): readonly object[] {
  return answer.calls.map(({ name, input, key }, index) => {
    const functionCall = signs ? { id: key.slice(0, 8), name, args: input } : { name, args: input };
    return signs && index === 0 ? { functionCall, thoughtSignature: signature(key) } : { functionCall };
  });
}

/** The end of a candidate: a call of a function ends with STOP. */
export function finishOf(answer: Answer): object {
  if (answer.calls.length > 0) return { finishReason: "STOP", finishMessage: "Model generated function call(s)." };
  if (answer.finish === "refusal") return { finishReason: "SAFETY" };
  return { finishReason: answer.finish === "length" ? "MAX_TOKENS" : "STOP" };
}

/** The signature of a call or text: the same one has the same. */
export function signature(key: string): string {
  return Buffer.from(`simulated-thought:${key.length}:${hashText(key)}`).toString("base64");
}
