import type { Answer, ToolCall } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { enclose } from "../http/enclose.ts";
import { EVENT_STREAM, type StreamReply } from "../http/reply.ts";
import type { Timing } from "../models/answer-settings.ts";
import { errorObject, STREAM_FAILURE } from "./errors.ts";
import { type HostedSearch, searchUsage } from "./hosted-search.ts";
import type { PromptTokens } from "./prompt-cache.ts";
import { signThinking, stopReason } from "./sign-off.ts";
import { finalUsage, messageUsage } from "./usage.ts";

export interface MessageHead {
  readonly id: string;
  readonly model: string;
}

export interface MessageStream {
  readonly head: MessageHead;
  readonly answer: Answer;
  /** A search that came before the text. */
  readonly search: HostedSearch | undefined;
  readonly tokens: PromptTokens;
  /** Pieces of the text; undefined for one in four tokens. */
  readonly chunks: number | undefined;
  readonly timing: Timing;
}

const TOKENS_PER_PIECE = 4;
const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
const BROKEN =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\n\n';

/** A message as server-sent events: blocks open with their first content and close before the next one opens. */
export function streamMessage(stream: MessageStream): StreamReply {
  const { head, timing } = stream;
  const failure = `event: error\ndata: ${JSON.stringify(errorObject(STREAM_FAILURE, `req_${head.id.slice(6)}`))}\n\n`;
  return {
    kind: "stream",
    contentType: EVENT_STREAM,
    opening: messageStart(stream),
    chunks: blockEvents(stream),
    closing: messageEnd(stream),
    timing,
    failure: () => failure,
    broken: BROKEN,
  };
}

function messageStart({ head, tokens }: MessageStream): string {
  const message = {
    id: head.id,
    type: "message",
    role: "assistant",
    model: head.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: messageUsage(tokens, 1),
  };
  return event("message_start", { message }) + PING;
}

function messageEnd({ answer, search, tokens }: MessageStream): string {
  const delta = { stop_reason: stopReason(answer.finish), stop_sequence: answer.stopSequence ?? null };
  return event("message_delta", { delta, usage: { ...finalUsage(tokens, answer.outputTokens), ...searchUsage(search) } }) + event("message_stop", {});
}

function blockEvents({ answer, search, chunks }: MessageStream): readonly string[] {
  const blocks: ((index: number) => readonly string[])[] = [];
  if (answer.thinking !== "") blocks.push((index) => thinkingBlock(answer.thinking, index));
  if (search !== undefined) blocks.push((index) => searchBlock(search, index), (index) => wholeBlock(search.result, index));
  if (answer.text !== "") blocks.push((index) => textBlock(answer.text, search, chunks, index));
  for (const call of answer.calls) blocks.push((index) => toolBlock(call, index));
  return blocks.flatMap((block, index) => block(index));
}

function thinkingBlock(thinking: string, index: number): readonly string[] {
  const opening = blockStart(index, { type: "thinking", thinking: "", signature: "" });
  const signature = deltaWriter(index, "signature_delta", "signature")(signThinking(thinking));
  return enclose(
    opening,
    piecesOf(thinking).map(deltaWriter(index, "thinking_delta", "thinking")),
    signature + blockStop(index),
  );
}

function textBlock(text: string, search: HostedSearch | undefined, chunks: number | undefined, index: number): readonly string[] {
  const deltas = piecesOf(text, chunks).map(deltaWriter(index, "text_delta", "text"));
  if (search === undefined) return enclose(blockStart(index, { type: "text", text: "" }), deltas, blockStop(index));
  const cited = search.citations.map((citation) => event("content_block_delta", { index, delta: { type: "citations_delta", citation } }));
  return enclose(blockStart(index, { citations: [], type: "text", text: "" }) + cited.join(""), deltas, blockStop(index));
}

function searchBlock({ use, query }: HostedSearch, index: number): readonly string[] {
  const write = deltaWriter(index, "input_json_delta", "partial_json");
  return enclose(blockStart(index, { ...use, input: {} }) + write(""), piecesOf(JSON.stringify({ query })).map(write), blockStop(index));
}

function wholeBlock(block: object, index: number): readonly string[] {
  return [blockStart(index, block) + blockStop(index)];
}

function toolBlock(call: ToolCall, index: number): readonly string[] {
  const write = deltaWriter(index, "input_json_delta", "partial_json");
  const opening =
    blockStart(index, { type: "tool_use", id: `toolu_${call.key}`, name: call.name, input: {} }) + write("");
  // Without arguments the vendor sends no JSON at all: the empty object of the start stands for them.
  const pieces = call.json === "{}" ? [] : piecesOf(call.json);
  return enclose(opening, pieces.map(write), blockStop(index));
}

function piecesOf(text: string, chunks?: number): string[] {
  return splitText(text, chunks ?? Math.ceil(countTokens(text) / TOKENS_PER_PIECE));
}

/** All but the piece itself is serialised once for the block. */
function deltaWriter(index: number, type: string, field: string): (piece: string) => string {
  const delta = `"delta":{"type":"${type}","${field}":`;
  const start = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},${delta}`;
  return (piece) => `${start}${JSON.stringify(piece)}}}\n\n`;
}

function blockStart(index: number, block: object): string {
  return event("content_block_start", { index, content_block: block });
}

function blockStop(index: number): string {
  return event("content_block_stop", { index });
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
