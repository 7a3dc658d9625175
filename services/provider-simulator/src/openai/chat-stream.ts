import type { Answer, ToolCall } from "../answer/plan-answer.ts";
import { splitText } from "../answer/split-text.ts";
import { countTokens } from "../answer/tokens.ts";
import { EVENT_STREAM, type StreamReply } from "../http/reply.ts";
import type { Timing } from "../models/answer-settings.ts";
import { errorObject, STREAM_FAILURE } from "./errors.ts";
import { finishReason } from "./finish-reason.ts";
import { soundDeltas } from "./sound.ts";

/** What every chunk of a chat completion repeats. */
export interface ChatHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

export interface ChatStream {
  readonly head: ChatHead;
  readonly answers: readonly Answer[];
  /** Undefined where the caller did not ask for usage. */
  readonly usage: object | undefined;
  /** Pieces of each choice's text; undefined for one a token. */
  readonly chunks: number | undefined;
  readonly timing: Timing;
  /** Whether the answers are said, not written. */
  readonly spoken: boolean;
}

/** A chat completion as server-sent events; the pieces of several choices take turns. */
export function streamChat(stream: ChatStream): StreamReply {
  const frame = chunkFrame(stream);
  const ends = stream.answers.map((answer, index) => frame(index, "{}", finishReason(answer))).join("");
  return {
    kind: "stream",
    contentType: EVENT_STREAM,
    opening: stream.answers.map((answer, index) => frame(index, roleDelta(answer), null)).join(""),
    chunks: interleave(
      stream.answers.map((answer, index) => deltasOf(answer, stream).map((delta) => frame(index, delta, null))),
    ),
    closing: `${ends}${usageFrame(stream)}data: [DONE]\n\n`,
    timing: stream.timing,
    failure: () => `data: ${JSON.stringify({ error: errorObject(STREAM_FAILURE) })}\n\n`,
    broken: 'data: {"id":"chatcmpl-broken","choices":[{"delta":{"content":"\n\n',
  };
}

type ChunkFrame = (index: number, delta: string, finish: string | null) => string;

/** Everything but index, delta and reason is serialised once for the stream. */
function chunkFrame(stream: ChatStream): ChunkFrame {
  const start = `${startOf(stream.head)},"choices":[{"index":`;
  const end = stream.usage === undefined ? "}]}\n\n" : '}],"usage":null}\n\n';
  return (index, delta, finish) => {
    const reason = finish === null ? "null" : `"${finish}"`;
    return `${start}${index},"delta":${delta},"logprobs":null,"finish_reason":${reason}${end}`;
  };
}

function usageFrame({ head, usage }: ChatStream): string {
  return usage === undefined ? "" : `${startOf(head)},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`;
}

function startOf({ id, created, model }: ChatHead): string {
  const name = JSON.stringify(model);
  const start = `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":${name}`;
  return `${start},"service_tier":"default","system_fingerprint":null`;
}

function roleDelta(answer: Answer): string {
  return `{"role":"assistant","content":${answer.calls.length === 0 ? '""' : "null"},"refusal":null}`;
}

function deltasOf(answer: Answer, { head, chunks, spoken }: ChatStream): readonly string[] {
  if (answer.calls.length > 0) return answer.calls.flatMap(callDeltas);
  const pieces = splitText(answer.text, chunks ?? countTokens(answer.text));
  if (spoken && answer.finish !== "refusal")
    return soundDeltas(answer, pieces, head.id, head.created).map((audio) => JSON.stringify({ audio }));
  const field = answer.finish === "refusal" ? "refusal" : "content";
  return pieces.map((piece) => `{"${field}":${JSON.stringify(piece)}}`);
}

function callDeltas(call: ToolCall, index: number): readonly string[] {
  const opened = { index, id: `call_${call.key}`, type: "function", function: { name: call.name, arguments: "" } };
  const pieces = splitText(call.json, countTokens(call.json));
  const deltas = pieces.map(
    (piece) => `{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(piece)}}}]}`,
  );
  return [`{"tool_calls":[${JSON.stringify(opened)}]}`, ...deltas];
}

function interleave(lists: readonly (readonly string[])[]): readonly string[] {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}
