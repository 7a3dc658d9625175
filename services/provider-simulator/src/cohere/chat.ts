import { type Answer, type Finish, planAnswer } from "../answer/plan-answer.ts";
import type { Question } from "../answer/question.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { type ChatAnswer, toolCall } from "./chat-answer.ts";
import { readChatQuestion } from "./chat-question.ts";
import { streamChat } from "./chat-stream.ts";

/** Tokens of the vendor's own instructions, which the model sees and nobody pays for. */
const PREAMBLE_TOKENS = 496;
/** Those of them that lie in the vendor's cache. */
const CACHED_TOKENS = 448;

const FINISH: Readonly<Record<Finish, string>> = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  stop_sequence: "STOP_SEQUENCE",
  tool_calls: "TOOL_CALL",
  refusal: "COMPLETE",
};

/** POST /v2/chat */
export function answerChat(call: Call, simulation: Simulation): Reply | Refusal {
  const question = readChatQuestion(call.body);
  if (question instanceof Refusal) return question;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const answer = planAnswer(question, settings, simulation.seed);
  const plan =
    answer.calls.length > 0 && answer.thinking === ""
      ? `I will use ${answer.calls.map(({ name }) => name).join(" and ")}.`
      : "";
  const told: ChatAnswer = {
    id: simulation.nextId(),
    answer,
    plan,
    finish: FINISH[answer.finish],
    usage: usageOf(question, answer, plan),
  };
  const timing = timingOf(settings, answer.outputTokens);
  return call.body["stream"] === true ? streamChat(told, settings.chunks, timing) : jsonReply(wholeChat(told), timing);
}

function wholeChat({ id, answer, plan, finish, usage }: ChatAnswer): object {
  const content = [
    ...(answer.thinking === "" ? [] : [{ type: "thinking", thinking: answer.thinking }]),
    ...(answer.text === "" ? [] : [{ type: "text", text: answer.text }]),
  ];
  const message = {
    role: "assistant",
    ...(plan === "" ? {} : { tool_plan: plan }),
    ...(answer.calls.length === 0 ? {} : { tool_calls: answer.calls.map((call) => toolCall(call, call.json)) }),
    ...(content.length === 0 ? {} : { content }),
  };
  return { id, message, finish_reason: finish, usage };
}

function usageOf(question: Question, answer: Answer, plan: string): object {
  const output = answer.outputTokens + countTokens(plan);
  return {
    billed_units: { input_tokens: question.promptTokens, output_tokens: output },
    tokens: {
      input_tokens: question.promptTokens + PREAMBLE_TOKENS,
      output_tokens: output,
      ...(answer.thinking === "" ? {} : { reasoning_tokens: answer.thinkingTokens }),
    },
    cached_tokens: CACHED_TOKENS,
  };
}
