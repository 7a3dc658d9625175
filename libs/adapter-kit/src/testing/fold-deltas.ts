import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";

/** What an answer says, in a form in which answers can be compared: parts in order, without ids. */
export interface AnswerSummary {
  readonly choices: Record<number, { parts: (readonly [string, ...unknown[]])[]; finish: unknown; raw: string }>;
  usage: TokenUsage | undefined;
}

/** Sums up a whole answer. */
export function summarize(answer: ChatResponse): AnswerSummary {
  const summary: AnswerSummary = { choices: {}, usage: answer.usage };
  for (const choice of answer.choices) {
    const parts = choice.parts.map(summarizePart);
    summary.choices[choice.index] = { parts, finish: choice.finishReason, raw: choice.rawFinishReason };
  }
  return summary;
}

function summarizePart({ content }: Part): readonly [string, ...unknown[]] {
  if (content.case === "toolCall") return ["tool", content.value.name, json(content.value.argumentsJson), text(content.value.signature)];
  if (content.case === "reasoning") return ["reasoning", content.value.text, text(content.value.signature), content.value.redacted];
  if (content.case === "text" || content.case === "refusal") return [content.case, content.value.text];
  return [String(content.case)];
}

/** Sums up the steps of a streamed answer in the same way. */
export function foldDeltas(deltas: readonly ChatDelta[]): AnswerSummary {
  const summary: AnswerSummary = { choices: {}, usage: undefined };
  for (const { choiceIndex, step } of deltas) {
    if (step.case === "usage") summary.usage = step.value;
    if (step.case === "usage" || step.case === "started" || step.case === "adaptation") continue;
    const choice = (summary.choices[choiceIndex] ??= { parts: [], finish: undefined, raw: "" });
    fold(choice, step);
  }
  for (const choice of Object.values(summary.choices)) {
    choice.parts = choice.parts.map((part) => {
      if (part[0] === "tool" && typeof part[2] === "string") return ["tool", part[1], json(part[2]), part[3]];
      return part[0] === "reasoning" && part.length === 2 ? [...part, "", false] : part;
    });
  }
  return summary;
}

function fold(choice: AnswerSummary["choices"][number], step: ChatDelta["step"]): void {
  const last = choice.parts.at(-1);
  const replace = (part: readonly [string, ...unknown[]]) => choice.parts.splice(-1, 1, part);
  switch (step.case) {
    case "text":
    case "refusal":
      if (last?.[0] === step.case) replace([step.case, `${String(last[1])}${step.value}`]);
      else choice.parts.push([step.case, step.value]);
      return;
    case "reasoning":
      if (last?.[0] === "reasoning" && last.length === 2) replace(["reasoning", `${String(last[1])}${step.value}`]);
      else choice.parts.push(["reasoning", step.value]);
      return;
    case "reasoningSealed":
      if (last?.[0] !== "reasoning" || last.length !== 2) choice.parts.push(["reasoning", "", text(step.value.signature), step.value.redacted]);
      else replace(["reasoning", last[1], text(step.value.signature), step.value.redacted]);
      return;
    case "toolCallStarted":
      choice.parts.push(["tool", step.value.name, "", text(step.value.signature)]);
      return;
    case "toolCallArguments": {
      const tools = choice.parts.flatMap((part, at) => (part[0] === "tool" ? [at] : []));
      const at = tools[step.value.index];
      const call = at === undefined ? undefined : choice.parts[at];
      if (at === undefined || call === undefined) throw new Error("Arguments of a call that did not start.");
      choice.parts[at] = ["tool", call[1], `${String(call[2])}${step.value.fragment}`, call[3]];
      return;
    }
    case "part":
      choice.parts.push(summarizePart(step.value));
      return;
    case "extraField":
      return;
    case "finished":
      choice.finish = step.value.reason;
      choice.raw = step.value.rawReason;
      return;
    default:
      throw new Error(`Unexpected step ${String(step.case)}.`);
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
