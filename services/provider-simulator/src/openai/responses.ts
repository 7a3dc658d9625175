import { mix } from "../answer/hash.ts";
import { planAnswer } from "../answer/plan-answer.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { timingOf } from "../models/answer-settings.ts";
import { answeredModel } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { itemIds } from "./item-ids.ts";
import type { PromptCache } from "./prompt-cache.ts";
import type { ResponseMemory } from "./response-memory.ts";
import { finalStatus, outputItems, type ResponseHead, responseObject } from "./response-object.ts";
import { readResponsesQuestion } from "./responses-question.ts";
import { streamResponse } from "./responses-stream.ts";
import { responseUsage } from "./usage.ts";

/** POST /responses */
export function answerResponse(
  call: Call,
  simulation: Simulation,
  cache: PromptCache,
  memory: ResponseMemory,
): Reply | Refusal {
  const { body } = call;
  const question = readResponsesQuestion(body, memory, call.deployment);
  if (question instanceof Refusal) return question;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const answer = planAnswer(question, settings, simulation.seed);
  const head: ResponseHead = {
    id: `resp_${simulation.nextId()}`,
    createdAt: Math.floor(simulation.now() / 1000),
    body,
    deployment: call.deployment,
    model: answeredModel(question.model, body["model"] as string),
  };
  const tokens = question.promptTokens + answer.outputTokens;
  const openCalls = answer.calls.map(({ key }) => `call_${key}`);
  if (body["store"] !== false)
    memory.keep(head.id, call.deployment, { hash: mix(question.hash, answer.outputTokens), tokens, openCalls });
  const usage = responseUsage(question.promptTokens, cache.cachedTokens(body, question), answer);
  const timing = timingOf(settings, answer.outputTokens);
  if (body["stream"] === true) return streamResponse({ head, answer, usage, timing, chunks: settings.chunks });
  return jsonReply(
    responseObject(head, finalStatus(answer), outputItems(itemIds(head.id), answer, head), usage),
    timing,
  );
}

/** POST /responses/input_tokens */
export function countInputTokens(call: Call, memory: ResponseMemory): Reply | Refusal {
  const question = readResponsesQuestion(call.body, memory, call.deployment);
  if (question instanceof Refusal) return question;
  return jsonReply({ object: "response.input_tokens", input_tokens: question.promptTokens });
}
