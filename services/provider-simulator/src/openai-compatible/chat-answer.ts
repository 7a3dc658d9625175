import { type Answer, planAnswer } from "../answer/plan-answer.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { type JsonObject, numberOf, objectOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { answeredModel } from "../models/model-profile.ts";
import { finishReason } from "../openai/finish-reason.ts";
import type { PromptCache } from "../openai/prompt-cache.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readQuestion } from "./chat-question.ts";
import { type ChatHead, streamAnswers } from "./chat-stream.ts";
import type { CompatibleServer } from "./server.ts";

/** A chat completion as the server answers it. `cache` remembers prompts. */
export function answerChat(
  call: Call,
  server: CompatibleServer,
  simulation: Simulation,
  cache: PromptCache,
): Reply | Refusal {
  const { body } = call;
  const question = readQuestion(body, server);
  if (question instanceof Refusal) return question;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const count = numberOf(body["n"]) ?? 1;
  const answers = Array.from({ length: count }, (_, choice) => planAnswer(question, settings, simulation.seed, choice));
  const failed = answers.find((answer) => answer.calls.length > 0 && settings.structuredOutput !== "valid");
  if (failed !== undefined && server.badToolCall !== undefined)
    return server.badToolCall(failed.calls[0]?.json.slice(1) ?? "");
  const usage = server.usage({
    prompt: question.promptTokens,
    cached: cache.cachedTokens({ ...body, prompt_cache_key: body["prompt_cache_key"] ?? body["user"] }, question),
    completion: sum(answers.map(({ outputTokens }) => outputTokens)),
    reasoning: sum(answers.map(({ thinkingTokens }) => thinkingTokens)),
  });
  const head: ChatHead = {
    id: `chatcmpl-${simulation.nextId()}`,
    created: Math.floor(simulation.now() / 1000),
    model: answeredModel(question.model, String(body["model"])),
  };
  const timing = timingOf(settings, Math.max(...answers.map((answer) => answer.outputTokens)));
  if (body["stream"] !== true) return jsonReply(completion(head, answers, usage, server), timing);
  return streamAnswers({
    head,
    answers,
    usage,
    usageAsked: asksForUsage(body),
    chunks: settings.chunks,
    timing,
    server,
  });
}

function asksForUsage(body: JsonObject): boolean {
  return objectOf(body["stream_options"])?.["include_usage"] === true;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function completion(head: ChatHead, answers: readonly Answer[], usage: object, server: CompatibleServer): object {
  const choices = answers.map((answer, index) => ({
    index,
    message: messageOf(answer, server),
    finish_reason: finishReason(answer),
    ...server.choiceFields,
  }));
  return { ...head, object: "chat.completion", choices, usage, ...server.envelope?.("whole", usage, head.id) };
}

function messageOf(answer: Answer, { reasoning }: CompatibleServer): object {
  const calls = answer.calls.map(({ key, name, json }, index) => ({
    index,
    id: `call_${key}`,
    type: "function",
    function: { name, arguments: json },
  }));
  const content = answer.calls.length === 0 ? answer.text : null;
  const tools = calls.length === 0 ? {} : { tool_calls: calls };
  if (answer.thinking === "") return { role: "assistant", content, ...tools };
  if (reasoning !== "thinking_parts") return { role: "assistant", content, [reasoning]: answer.thinking, ...tools };
  const text = content === null ? [] : [{ type: "text", text: content }];
  return {
    role: "assistant",
    content: [{ type: "thinking", thinking: [{ type: "text", text: answer.thinking }] }, ...text],
    ...tools,
  };
}
