import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { addState, type Answer, type AnswerUsage, type Gathering, gather, gathered } from "../answer.ts";

/** Reads an adapter's whole answer. */
export function readChatResponse(answer: ChatResponse): Answer {
  const choices = answer.choices.map(({ parts, finishReason, rawFinishReason }) => {
    const gathering = gather();
    for (const part of parts) addPart(gathering, part);
    gathering.finish = finishWord(finishReason, rawFinishReason);
    return gathered(gathering);
  });
  return { choices, usage: toUsage(answer.usage), error: undefined };
}

/** Reads an adapter's streamed answer. */
export function readDeltas(deltas: readonly ChatDelta[]): Answer {
  const choices: Gathering[] = [];
  let usage: TokenUsage | undefined;
  for (const { choiceIndex, step } of deltas) {
    if (step.case === "usage") usage = step.value;
    else if (step.case !== "started" && step.case !== "adaptation") addStep((choices[choiceIndex] ??= gather()), step);
  }
  return { choices: choices.map(gathered), usage: toUsage(usage), error: undefined };
}

function addStep(gathering: Gathering, step: ChatDelta["step"]): void {
  if (step.case === "text" || step.case === "reasoning" || step.case === "refusal") gathering[step.case] += step.value;
  else if (step.case === "reasoningSealed") addState(gathering, decoder.decode(step.value.signature));
  else if (step.case === "toolCallStarted") {
    gathering.calls[step.value.index] = { id: step.value.id, name: step.value.name, json: "" };
    addState(gathering, decoder.decode(step.value.signature));
  } else if (step.case === "toolCallArguments") {
    const call = gathering.calls[step.value.index];
    if (call !== undefined) call.json += step.value.fragment;
  } else if (step.case === "part") addPart(gathering, step.value);
  else if (step.case === "finished") gathering.finish = finishWord(step.value.reason, step.value.rawReason);
}

const decoder = new TextDecoder();

function addPart(gathering: Gathering, { content }: Part): void {
  if (content.case === "reasoning" || content.case === "toolCall") addState(gathering, decoder.decode(content.value.signature));
  if (content.case === "text" || content.case === "refusal" || content.case === "reasoning")
    gathering[content.case] += content.value.text;
  else if (content.case === "toolCall")
    gathering.calls.push({ id: content.value.id, name: content.value.name, json: content.value.argumentsJson });
  else if (content.case === "foreign")
    gathering.foreign.push(content.value.value === undefined ? undefined : toJson(ValueSchema, content.value.value));
  else gathering.foreign.push(content.case);
}

const FINISHES: ReadonlyMap<FinishReason, string> = new Map([
  [FinishReason.STOP, "stop"],
  [FinishReason.LENGTH, "length"],
  [FinishReason.TOOL_CALLS, "tool_calls"],
  [FinishReason.CONTENT_FILTER, "content_filter"],
  [FinishReason.PAUSE, "pause"],
  [FinishReason.STOP_SEQUENCE, "stop_sequence"],
]);

function finishWord(reason: FinishReason, raw: string): string {
  return FINISHES.get(reason) ?? raw;
}

function toUsage(usage: TokenUsage | undefined): AnswerUsage | undefined {
  if (usage === undefined || usage.estimated) return undefined;
  return {
    prompt: usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.audioInputTokens + usage.imageInputTokens,
    cacheRead: usage.cacheReadTokens,
    cacheWrite: usage.cacheWriteTokens,
    completion: usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens + usage.imageOutputTokens,
    reasoning: usage.reasoningTokens,
  };
}
