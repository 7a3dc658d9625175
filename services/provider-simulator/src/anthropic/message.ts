import { type Answer, planAnswer } from "../answer/plan-answer.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { timingOf } from "../models/answer-settings.ts";
import { answeredModel } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { type HostedSearch, searchFor, searchUsage } from "./hosted-search.ts";
import { type MessageHead, streamMessage } from "./message-stream.ts";
import { readMessagesQuestion } from "./messages-question.ts";
import type { PromptCache } from "./prompt-cache.ts";
import { signThinking, stopReason } from "./sign-off.ts";
import { messageUsage } from "./usage.ts";

/** POST /v1/messages */
export function answerMessage(call: Call, simulation: Simulation, cache: PromptCache): Reply | Refusal {
  const { body } = call;
  const read = readMessagesQuestion(body);
  if (read instanceof Refusal) return read;
  const { question, prompt } = read;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const answer = planAnswer(question, settings, simulation.seed);
  const tokens = cache.count(question.model.id, prompt);
  const timing = timingOf(settings, answer.outputTokens);
  const head: MessageHead = {
    id: `msg_01${simulation.nextId()}`,
    model: answeredModel(question.model, body["model"] as string),
  };
  const search = searchFor(body, question);
  if (body["stream"] === true) return streamMessage({ head, answer, search, tokens, chunks: settings.chunks, timing });
  const { id, model } = head;
  return jsonReply(
    {
      id,
      type: "message",
      role: "assistant",
      model,
      content: contentBlocks(answer, search),
      stop_reason: stopReason(answer.finish),
      stop_sequence: answer.stopSequence ?? null,
      usage: { ...messageUsage(tokens, answer.outputTokens), ...searchUsage(search) },
    },
    timing,
  );
}

function contentBlocks(answer: Answer, search: HostedSearch | undefined): readonly object[] {
  const blocks: object[] = [];
  if (answer.thinking !== "") {
    blocks.push({ type: "thinking", thinking: answer.thinking, signature: signThinking(answer.thinking) });
  }
  if (search !== undefined) blocks.push(search.use, search.result);
  const citations = search === undefined ? {} : { citations: search.citations };
  if (answer.text !== "") blocks.push({ type: "text", text: answer.text, ...citations });
  for (const { key, name, input } of answer.calls) blocks.push({ type: "tool_use", id: `toolu_${key}`, name, input });
  return blocks;
}
