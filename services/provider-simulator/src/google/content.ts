import { type Answer, planAnswer } from "../answer/plan-answer.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { numberOf, objectOf } from "../json.ts";
import { AT_ONCE, timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readContentQuestion } from "./content-question.ts";
import { blockedPrompt } from "./blocked-prompt.ts";
import { streamContent, streamPieces } from "./content-stream.ts";
import { type ContentHead, finishOf, partsOf } from "./content-parts.ts";
import { field } from "./either-case.ts";
import { runHosted } from "./hosted-tools.ts";
import { usageMetadata } from "./usage.ts";

/** POST /v1beta/models/{model}:generateContent and :streamGenerateContent */
export function answerContent(modelId: string, streamed: boolean, call: Call, simulation: Simulation): Reply | Refusal {
  const { body } = call;
  const question = readContentQuestion(modelId, body);
  if (question instanceof Refusal) return question;
  const responseId = simulation.nextId();
  const asEvents = new URLSearchParams(call.query).get("alt") === "sse";
  const blocked = blockedPrompt(question, { modelVersion: modelId, responseId });
  if (blocked !== undefined) return streamed ? streamPieces([JSON.stringify(blocked)], AT_ONCE, asEvents) : jsonReply(blocked);
  const settings = simulation.settingsOf(question.model, call.deployment);
  const config = objectOf(field(body, "generationConfig"));
  const count = Math.max(1, Math.min(8, numberOf(field(config, "candidateCount")) ?? 1));
  const answers = Array.from({ length: count }, (_, choice) => planAnswer(question, settings, simulation.seed, choice));
  const timing = timingOf(settings, Math.max(...answers.map((answer) => answer.outputTokens)));
  const head: ContentHead = {
    responseId,
    modelVersion: modelId,
    promptTokens: question.promptTokens,
    showsThoughts: field(objectOf(field(config, "thinkingConfig")), "includeThoughts") === true,
    signs: question.model.id.startsWith("gemini-3"),
    hosted: runHosted(body, question),
  };
  if (!streamed) return jsonReply(wholeContent(head, answers), timing);
  return streamContent({ head, answers, chunks: settings.chunks, timing, asEvents });
}

function wholeContent(head: ContentHead, answers: readonly Answer[]): object {
  const candidates = answers.map((answer, index) => ({
    content: { parts: partsOf(answer, head), role: "model" },
    ...finishOf(answer),
    ...head.hosted.about,
    index,
  }));
  const { modelVersion, responseId, promptTokens } = head;
  return { candidates, usageMetadata: usageMetadata(promptTokens, answers), modelVersion, responseId };
}
