import type { Answer } from "../answer.ts";
import type { Wire } from "../wires.ts";
import { readMessages } from "./anthropic.ts";
import { readCohere } from "./cohere.ts";
import { readGemini } from "./gemini.ts";
import { readOllama } from "./ollama.ts";
import { readChat } from "./openai-chat.ts";
import { readResponses } from "./responses.ts";

type AnswerWire = Exclude<Wire, "anthropic.count_tokens">;

const READERS: Readonly<Record<AnswerWire, (body: string, streamed: boolean) => Answer>> = {
  "openai.chat": readChat,
  "openai.responses": readResponses,
  "anthropic.messages": readMessages,
  "google.content": readGemini,
  "cohere.chat": readCohere,
  "ollama.chat": readOllama,
};

/** What an answer says, read from its bytes by rules of this runner's own. */
export function readAnswer(wire: AnswerWire, body: string, streamed: boolean): Answer {
  return READERS[wire](body, streamed);
}
