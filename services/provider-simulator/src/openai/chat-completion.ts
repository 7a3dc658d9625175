import { type Answer, planAnswer } from "../answer/plan-answer.ts";
import type { Question } from "../answer/question.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { type JsonObject, numberOf, objectOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { answeredModel } from "../models/model-profile.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readChatQuestion } from "./chat-question.ts";
import { type ChatHead, streamChat } from "./chat-stream.ts";
import { finishReason } from "./finish-reason.ts";
import type { PromptCache } from "./prompt-cache.ts";
import { readSoundFormat, soundOf, soundTokens } from "./sound.ts";
import { chatUsage } from "./usage.ts";

/** POST /chat/completions */
export function answerChat(call: Call, simulation: Simulation, cache: PromptCache): Reply | Refusal {
  const { body } = call;
  const question = readChatQuestion(body);
  if (question instanceof Refusal) return question;
  const sound = readSoundFormat(body);
  if (sound instanceof Refusal) return sound;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const count = numberOf(body["n"]) ?? 1;
  const answers = Array.from({ length: count }, (_, choice) => planAnswer(question, settings, simulation.seed, choice));
  const usage = chatUsage(question.promptTokens, cache.cachedTokens(body, question), answers, {
    promptTokens: soundTokens(body),
    spoken: sound !== undefined,
  });
  const timing = timingOf(settings, Math.max(...answers.map((answer) => answer.outputTokens)));
  const head = headOf(body, question, simulation);
  if (body["stream"] !== true) return jsonReply(completion(head, answers, usage, sound), timing);
  const wantsUsage = objectOf(body["stream_options"])?.["include_usage"] === true;
  return streamChat({
    head,
    answers,
    usage: wantsUsage ? usage : undefined,
    chunks: settings.chunks,
    timing,
    spoken: sound !== undefined,
  });
}

function headOf(body: JsonObject, question: Question, simulation: Simulation): ChatHead {
  return {
    id: `chatcmpl-${simulation.nextId()}`,
    created: Math.floor(simulation.now() / 1000),
    model: answeredModel(question.model, body["model"] as string),
  };
}

function completion(head: ChatHead, answers: readonly Answer[], usage: object, sound: string | undefined): object {
  const choices = answers.map((answer, index) => ({
    index,
    message: messageOf(answer, head, sound),
    logprobs: null,
    finish_reason: finishReason(answer),
  }));
  const { id, created, model } = head;
  return {
    id,
    object: "chat.completion",
    created,
    model,
    choices,
    usage,
    service_tier: "default",
    system_fingerprint: null,
  };
}

function messageOf(answer: Answer, { id, created }: ChatHead, sound: string | undefined): object {
  if (answer.finish === "refusal") return { role: "assistant", content: null, refusal: answer.text, annotations: [] };
  if (answer.calls.length === 0 && sound !== undefined) {
    return {
      role: "assistant",
      content: null,
      refusal: null,
      annotations: [],
      audio: soundOf(answer, sound, id, created),
    };
  }
  if (answer.calls.length === 0) return { role: "assistant", content: answer.text, refusal: null, annotations: [] };
  const calls = answer.calls.map((call) => ({
    id: `call_${call.key}`,
    type: "function",
    function: { name: call.name, arguments: call.json },
  }));
  return { role: "assistant", content: null, tool_calls: calls, refusal: null, annotations: [] };
}
