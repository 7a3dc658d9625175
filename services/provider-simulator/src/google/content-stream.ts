import type { Answer } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { EVENT_STREAM, JSON_TYPE, type StreamReply } from "../http/reply.ts";
import type { Timing } from "../models/answer-settings.ts";
import { callParts, type ContentHead, finishOf, signature } from "./content-parts.ts";
import { errorObject, STREAM_FAILURE } from "./errors.ts";
import { promptUsage, usageMetadata } from "./usage.ts";

export interface ContentStream {
  readonly head: ContentHead;
  readonly answers: readonly Answer[];
  /** Pieces of each candidate's text; undefined for one in sixteen tokens. */
  readonly chunks: number | undefined;
  readonly timing: Timing;
  /** Server-sent events, or else the elements of one JSON array. */
  readonly asEvents: boolean;
}

const TOKENS_PER_PIECE = 16;

/** Content as a stream; the last piece of each candidate carries its end, the last of all the usage. */
export function streamContent(stream: ContentStream): StreamReply {
  const chunks = stream.answers.flatMap((answer, index) => candidateChunks(stream, answer, index));
  return streamPieces(chunks, stream.timing, stream.asEvents);
}

/** Pieces of content, each as JSON, as a stream. */
export function streamPieces(pieces: readonly string[], timing: Timing, asEvents: boolean): StreamReply {
  const failure = JSON.stringify(errorObject(STREAM_FAILURE));
  if (asEvents) {
    return {
      kind: "stream",
      contentType: EVENT_STREAM,
      opening: "",
      chunks: pieces.map(asEvent),
      closing: "",
      timing,
      failure: () => asEvent(failure),
      broken: 'data: {"candidates": [{"content": {"parts": [{"text": "\r\n\r\n',
    };
  }
  return {
    kind: "stream",
    contentType: JSON_TYPE,
    opening: "[",
    chunks: pieces.map(asElement),
    closing: "\n]\n",
    timing,
    failure: (written) => `${asElement(failure, written)}\n]\n`,
    broken: '{"candidates": [',
  };
}

function asEvent(json: string): string {
  return `data: ${json}\r\n\r\n`;
}

function asElement(json: string, index: number): string {
  return index === 0 ? json : `,\r\n${json}`;
}

/** All but the part and the end is serialised once for the candidate. */
function candidateChunks(stream: ContentStream, answer: Answer, index: number): readonly string[] {
  const { head, answers } = stream;
  const start = '{"candidates":[{"content":{"parts":[';
  const tail = `,"modelVersion":${JSON.stringify(head.modelVersion)},"responseId":"${head.responseId}"}`;
  const known = JSON.stringify(promptUsage(head.promptTokens));
  const between = `],"role":"model"},"index":${index}}],"usageMetadata":${known}${tail}`;
  const isLast = index === answers.length - 1;
  const usage = isLast ? usageMetadata(head.promptTokens, answers) : promptUsage(head.promptTokens);
  const finish = JSON.stringify({ ...finishOf(answer), ...head.hosted.about }).slice(1);
  const end = `],"role":"model"},"index":${index},${finish}],"usageMetadata":${JSON.stringify(usage)}${tail}`;
  const parts = partsInPieces(stream, answer);
  return parts.map((part, place) => `${start}${part}${place === parts.length - 1 ? end : between}`);
}

function partsInPieces({ head, chunks }: ContentStream, answer: Answer): readonly string[] {
  const thoughts = head.showsThoughts ? piecesOf(answer.thinking) : [];
  const shown = thoughts.map((piece) => JSON.stringify({ text: piece, thought: true }));
  if (answer.calls.length > 0) return [...shown, ...callParts(answer, head.signs).map((part) => JSON.stringify(part))];
  const shownText = answer.finish === "refusal" ? "" : answer.text;
  const texts = piecesOf(shownText, chunks).map((piece) => `{"text":${JSON.stringify(piece)}}`);
  if (texts.length === 0) return shown.length === 0 ? ['{"text":""}'] : shown;
  // A streamed text is signed by a part of its own, without words.
  const signed = head.signs ? [JSON.stringify({ text: "", thoughtSignature: signature(shownText) })] : [];
  return [...shown, ...head.hosted.parts.map((part) => JSON.stringify(part)), ...texts, ...signed];
}

function piecesOf(text: string, chunks?: number): readonly string[] {
  return splitText(text, chunks ?? Math.ceil(countTokens(text) / TOKENS_PER_PIECE));
}
