import type { Answer } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { enclose } from "../http/enclose.ts";
import { EVENT_STREAM, type StreamReply } from "../http/reply.ts";
import type { Timing } from "../models/answer-settings.ts";
import { type ChatAnswer, toolCall } from "./chat-answer.ts";

const TOKENS_PER_PIECE = 4;
const DONE = "data: [DONE]\n\n";
const BROKEN = 'event: content-delta\ndata: {"type":"content-delta","index":0,"delta":{"message":\n\n';

/** An answer as server-sent events. Blocks of content and calls of tools are numbered apart, each from 0. */
export function streamChat(told: ChatAnswer, chunks: number | undefined, timing: Timing): StreamReply {
  const { id, answer, plan, finish, usage } = told;
  const message = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  return {
    kind: "stream",
    contentType: EVENT_STREAM,
    opening: event("message-start", { id, delta: { message } }),
    chunks: [...planEvents(plan), ...contentEvents(answer, chunks), ...callEvents(answer)],
    closing: event("message-end", { delta: { finish_reason: finish, usage } }) + DONE,
    timing,
    failure: () => event("message-end", { delta: { error: "The generation failed.", finish_reason: "ERROR" } }) + DONE,
    broken: BROKEN,
  };
}

function planEvents(plan: string): string[] {
  return piecesOf(plan).map((piece) => event("tool-plan-delta", { delta: { message: { tool_plan: piece } } }));
}

function contentEvents({ thinking, text }: Answer, chunks: number | undefined): string[] {
  const blocks = [["thinking", thinking] as const, ["text", text] as const].filter(([, words]) => words !== "");
  return blocks.flatMap(([type, words], index) => {
    const start = event("content-start", { index, delta: { message: { content: { type, [type]: "" } } } });
    const pieces = piecesOf(words, type === "text" ? chunks : undefined);
    const deltas = pieces.map((piece) =>
      event("content-delta", { index, delta: { message: { content: { [type]: piece } } } }),
    );
    return enclose(start, deltas, event("content-end", { index }));
  });
}

/** A call without arguments has no deltas: the vendor sends none for it. */
function callEvents({ calls }: Answer): string[] {
  return calls.flatMap((call, index) => {
    const start = event("tool-call-start", { index, delta: { message: { tool_calls: toolCall(call, "") } } });
    const pieces = call.json === "{}" ? [] : piecesOf(call.json);
    const deltas = pieces.map((piece) =>
      event("tool-call-delta", { index, delta: { message: { tool_calls: { function: { arguments: piece } } } } }),
    );
    return enclose(start, deltas, event("tool-call-end", { index }));
  });
}

function piecesOf(text: string, chunks?: number): string[] {
  return splitText(text, chunks ?? Math.ceil(countTokens(text) / TOKENS_PER_PIECE));
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
