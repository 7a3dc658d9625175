import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { block, message, messageDelta, messageStart, MESSAGE_STOP, textBlock } from "./anthropic-wire.ts";
import { chunk, completion, DONE, usageChunk } from "./chat-wire.ts";
import { COHERE_START, cohereAnswer, cohereEnd, cohereText } from "./cohere-wire.ts";
import { content, generated } from "./content-wire.ts";
import { dataFrame, lineFrame, lines, namedFrame, sse } from "./fixtures.ts";
import { ollamaAnswer, ollamaEnd, ollamaPiece } from "./ollama-wire.ts";
import { completed, CREATED, messageFrames, messageItem, response } from "./responses-wire.ts";

/** A wire that providers speak, with the answer "Ahoy." in it. */
export interface UpstreamWire {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  /** Its word for an answer that is whole. */
  readonly stop: string;
  /** The answer in one. */
  whole(reason: string): Fixture;
  /** The answer in pieces: what comes before any of it, the text in two, and the end. */
  frames(reason: string): {
    readonly opening: readonly string[];
    readonly text: readonly string[];
    readonly end: readonly string[];
  };
  /** An error as the wire tells it in the middle of a stream. */
  readonly error: string;
  stream(frames: readonly string[], more?: Partial<Fixture>): Fixture;
}

const responsesText = messageFrames(["Ah", "oy."]);

/** Every wire that providers speak. */
export const WIRES: readonly UpstreamWire[] = [
  {
    name: "OpenAI's chat completions",
    provider: "openai",
    model: "gpt-4o-mini",
    stop: "stop",
    whole: (reason) => completion(undefined, reason),
    frames: (reason) => ({
      opening: [chunk({ role: "assistant", content: "" })],
      text: [chunk({ content: "Ah" }), chunk({ content: "oy." })],
      end: [chunk({}, reason), usageChunk(), DONE],
    }),
    error: dataFrame({ error: { message: "The server had an error.", type: "server_error", code: null } }),
    stream: sse,
  },
  {
    name: "the Responses API",
    provider: "responder",
    model: "plain-model",
    stop: "",
    whole: (reason) => response(undefined, ending(reason)),
    frames: (reason) => ({
      opening: [CREATED],
      text: responsesText,
      end: [completed([messageItem("Ahoy.")], ending(reason))],
    }),
    error: namedFrame({
      type: "error",
      code: "server_error",
      message: "The server had an error.",
      param: null,
    } as never),
    stream: sse,
  },
  {
    name: "Anthropic's messages",
    provider: "anthropic",
    model: "claude-haiku-4-5",
    stop: "end_turn",
    whole: (reason) => message(undefined, reason),
    frames: (reason) => ({
      opening: [messageStart()],
      text: textBlock(0, "Ah", "oy."),
      end: [messageDelta(reason), MESSAGE_STOP],
    }),
    error: namedFrame({ type: "error", error: { type: "api_error", message: "Internal server error" } } as never),
    stream: sse,
  },
  {
    name: "Gemini's generateContent",
    provider: "google",
    model: "gemini-2.5-flash",
    stop: "STOP",
    whole: (reason) => generated(undefined, reason),
    frames: (reason) => ({
      opening: [dataFrame({ usageMetadata: { promptTokenCount: 10 }, modelVersion: "gemini-2.5-flash" })],
      text: [dataFrame(content([{ text: "Ah" }])), dataFrame(content([{ text: "oy." }]))],
      end: [dataFrame(content([], reason))],
    }),
    error: dataFrame({ error: { code: 500, message: "An internal error has occurred.", status: "INTERNAL" } }),
    stream: sse,
  },
  {
    name: "Cohere's chat",
    provider: "cohere",
    model: "command-a-03-2025",
    stop: "COMPLETE",
    whole: (reason) => cohereAnswer(undefined, reason),
    frames: (reason) => ({ opening: [COHERE_START], text: cohereText(0, "Ah", "oy."), end: [cohereEnd(reason)] }),
    error: namedFrame({
      type: "message-end",
      delta: { finish_reason: "ERROR", error: "internal server error" },
    } as never),
    stream: sse,
  },
  {
    name: "Ollama's chat",
    provider: "ollama",
    model: "llama3.1",
    stop: "stop",
    whole: (reason) => ollamaAnswer(undefined, reason),
    frames: (reason) => ({
      opening: [],
      text: [lineFrame(ollamaPiece({ content: "Ah" })), lineFrame(ollamaPiece({ content: "oy." }))],
      end: [lineFrame(ollamaEnd(reason))],
    }),
    error: lineFrame({ error: "an error was encountered while running the model" }),
    stream: lines,
  },
];

/** How the Responses API tells an end that is none of its own accord. */
function ending(reason: string): object {
  return reason === "" ? {} : { status: "incomplete", incomplete_details: { reason } };
}

/** A text that is thought before the answer, as Anthropic signs it. */
export const signedThought = (index: number, text: string, signature: string) => {
  return block(index, { type: "thinking", thinking: "", signature: "" }, [
    { type: "thinking_delta", thinking: text },
    { type: "signature_delta", signature },
  ]);
};
