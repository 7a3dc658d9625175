import type { Answer } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { EVENT_STREAM, type StreamReply } from "../http/reply.ts";
import type { Timing } from "../models/answer-settings.ts";
import { errorObject, STREAM_FAILURE } from "../openai/errors.ts";
import { finishReason } from "../openai/finish-reason.ts";
import type { CompatibleServer } from "./server.ts";

/** What every chunk repeats. */
export interface ChatHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export interface AnswerStream {
  readonly head: ChatHead;
  readonly answers: readonly Answer[];
  readonly usage: object;
  /** Whether the caller asked for a chunk with usage. */
  readonly usageAsked: boolean;
  /** Pieces of each choice's text; undefined for one a token. */
  readonly chunks: number | undefined;
  readonly timing: Timing;
  readonly server: CompatibleServer;
}

/** Answers as server-sent events, one choice after the other. */
export function streamAnswers(stream: AnswerStream): StreamReply {
  const { head, answers, usage, usageAsked, server, timing } = stream;
  const chunk = (fields: object) => event({ ...head, object: "chat.completion.chunk", ...fields });
  const choice = (index: number, delta: object, finish: string | null = null, fields: object = {}) =>
    chunk({ choices: [{ index, delta, finish_reason: finish, ...server.choiceFields }], ...fields });
  const preamble = server.preamble === undefined ? "" : event(server.preamble);
  const first = server.envelope?.("first", usage, head.id);
  const opening = answers.map((_, index) => choice(index, { role: "assistant", content: "" }, null, first)).join("");
  const last = { ...(server.usageUnasked ? { usage } : {}), ...server.envelope?.("last", usage, head.id) };
  const ends = answers
    .map((answer, index) => choice(index, {}, finishReason(answer), index === answers.length - 1 ? last : {}))
    .join("");
  const counted = usageAsked && !server.usageUnasked ? chunk({ choices: [], usage }) : "";
  return {
    kind: "stream",
    contentType: EVENT_STREAM,
    opening: preamble + opening,
    chunks: answers.flatMap((answer, index) => deltasOf(answer, stream).map((delta) => choice(index, delta))),
    closing: `${ends}${counted}data: [DONE]\n\n`,
    timing,
    failure: () => event({ error: errorObject(STREAM_FAILURE) }),
    broken: 'data: {"id":"chatcmpl-broken","choices":[{"delta":{"content":"\n\n',
  };
}

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function deltasOf(answer: Answer, { chunks, server }: AnswerStream): readonly object[] {
  const thoughts = splitText(answer.thinking, countTokens(answer.thinking)).map((piece) => thought(piece, server));
  if (answer.calls.length > 0) return [...thoughts, ...answer.calls.flatMap(callDeltas)];
  return [...thoughts, ...splitText(answer.text, chunks ?? countTokens(answer.text)).map((content) => ({ content }))];
}

function thought(text: string, { reasoning }: CompatibleServer): object {
  if (reasoning !== "thinking_parts") return { [reasoning]: text };
  return { content: [{ type: "thinking", thinking: [{ type: "text", text }] }] };
}

function callDeltas({ key, name, json }: Answer["calls"][number], index: number): readonly object[] {
  const opened = { index, id: `call_${key}`, type: "function", function: { name, arguments: "" } };
  const pieces = splitText(json, countTokens(json)).map((piece) => ({
    tool_calls: [{ index, function: { arguments: piece } }],
  }));
  return [{ tool_calls: [opened] }, ...pieces];
}
