import { type Answer, planAnswer } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { jsonReply, type Reply, type StreamReply } from "../http/reply.ts";
import { type Timing, timingOf } from "../models/answer-settings.ts";
import { Refusal } from "../refusal.ts";
import type { Call, Simulation } from "../wire.ts";
import { readChatQuestion } from "./chat-question.ts";

const TOKENS_PER_PIECE = 4;
const NANOSECONDS = 1_000_000;
const NDJSON = "application/x-ndjson";

/** POST /api/chat: a stream of lines unless the request says otherwise. */
export function answerChat(call: Call, simulation: Simulation): Reply | Refusal {
  const read = readChatQuestion(call.body);
  if (read instanceof Refusal) return read;
  const { question, promptTokens } = read;
  const settings = simulation.settingsOf(question.model, call.deployment);
  const answer = planAnswer(question, settings, simulation.seed);
  const timing = timingOf(settings, answer.outputTokens);
  const head = { model: call.body["model"], created_at: new Date(simulation.now()).toISOString() };
  const end = endOf(answer, promptTokens, timing);
  if (call.body["stream"] !== false) return streamChat(head, answer, end, settings.chunks, timing);
  const thinking = answer.thinking === "" ? {} : { thinking: answer.thinking };
  const calls = answer.calls.length === 0 ? {} : { tool_calls: toolCalls(answer) };
  return jsonReply(
    { ...head, message: { role: "assistant", content: answer.text, ...thinking, ...calls }, ...end },
    timing,
  );
}

function streamChat(
  head: object,
  answer: Answer,
  end: object,
  chunks: number | undefined,
  timing: Timing,
): StreamReply {
  const line = (message: object) =>
    `${JSON.stringify({ ...head, message: { role: "assistant", ...message }, done: false })}\n`;
  return {
    kind: "stream",
    contentType: NDJSON,
    opening: "",
    chunks: [
      ...piecesOf(answer.thinking).map((thinking) => line({ content: "", thinking })),
      ...piecesOf(answer.text, chunks).map((content) => line({ content })),
      ...toolCalls(answer).map((call) => line({ content: "", tool_calls: [call] })),
    ],
    closing: `${JSON.stringify({ ...head, message: { role: "assistant", content: "" }, ...end })}\n`,
    timing,
    failure: () => `${JSON.stringify({ error: "an error was encountered while running the model: unexpected EOF" })}\n`,
    broken: '{"model":"broken","message":{"role":"assistant","content":\n',
  };
}

/** Calls have whole objects for arguments and, as most servers tell them, no ids. */
function toolCalls({ calls }: Answer): readonly object[] {
  return calls.map(({ name, input }) => ({ function: { name, arguments: input } }));
}

/** Ollama ends calls of tools, refusals and stop sequences alike. */
function endOf(answer: Answer, promptTokens: number, timing: Timing): object {
  return {
    done: true,
    done_reason: answer.finish === "length" ? "length" : "stop",
    total_duration: Math.round((timing.firstMs + timing.restMs) * NANOSECONDS),
    load_duration: NANOSECONDS,
    prompt_eval_count: promptTokens,
    prompt_eval_duration: Math.round(timing.firstMs * NANOSECONDS),
    eval_count: answer.outputTokens,
    eval_duration: Math.round(timing.restMs * NANOSECONDS),
  };
}

function piecesOf(text: string, chunks?: number): string[] {
  return splitText(text, chunks ?? Math.ceil(countTokens(text) / TOKENS_PER_PIECE));
}
