import { type Answer, planAnswer } from "../answer/plan-answer.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { numberOf, objectOf } from "../json.ts";
import { timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readContentQuestion } from "./content-question.ts";
import { streamContent } from "./content-stream.ts";
import { type ContentHead, finishOf, partsOf } from "./content-parts.ts";
import { field } from "./either-case.ts";
import { usageMetadata } from "./usage.ts";

/** POST /v1beta/models/{model}:generateContent and :streamGenerateContent */
export function answerContent(modelId: string, streamed: boolean, call: Call, simulation: Simulation): Reply | Refusal {
  const { body } = call;
  const question = readContentQuestion(modelId, body);
  if (question instanceof Refusal) return question;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const config = objectOf(field(body, "generationConfig"));
  const count = Math.max(1, Math.min(8, numberOf(field(config, "candidateCount")) ?? 1));
  const answers = Array.from({ length: count }, (_, choice) => planAnswer(question, settings, simulation.seed, choice));
  const timing = timingOf(settings, Math.max(...answers.map((answer) => answer.outputTokens)));
  const head: ContentHead = {
    responseId: simulation.nextId(),
    modelVersion: modelId,
    promptTokens: question.promptTokens,
    showsThoughts: field(objectOf(field(config, "thinkingConfig")), "includeThoughts") === true,
    signs: question.model.id.startsWith("gemini-3"),
  };
  if (!streamed) return jsonReply(wholeContent(head, answers), timing);
  const asEvents = new URLSearchParams(call.query).get("alt") === "sse";
  return streamContent({ head, answers, chunks: settings.chunks, timing, asEvents });
}

function wholeContent(head: ContentHead, answers: readonly Answer[]): object {
  const candidates = answers.map((answer, index) => ({
    content: { parts: partsOf(answer, head), role: "model" },
    ...finishOf(answer),
    index,
  }));
  const { modelVersion, responseId, promptTokens } = head;
  return { candidates, usageMetadata: usageMetadata(promptTokens, answers), modelVersion, responseId };
}
