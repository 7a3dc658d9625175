import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import { invalidField } from "@fairlead/rpc/fairlead-error";
import { orderResults } from "./order-results.ts";
import { type GooglePart, type PartWriting, toGoogleParts } from "./to-google-part.ts";
import type { RemoteMedia } from "./to-google-media.ts";

/** One side's turn. */
export interface GoogleContent {
  readonly role: "user" | "model";
  readonly parts: GooglePart[];
}

/** A conversation as Gemini takes it. */
export interface GoogleConversation {
  readonly system: GooglePart[];
  readonly contents: GoogleContent[];
}

/** Google's documented stand-in for a signature of a call that another model made. */
const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

/**
 * Writes a conversation. Turns of the same side become one: Gemini wants all results of a turn's calls together.
 *
 * @param needsSignatures true for a model that refuses calls without signatures
 * @throws FairleadError INVALID_REQUEST where nothing of it can be sent
 */
export function toGoogleConversation(
  request: ChatRequest,
  { needsSignatures, media }: { readonly needsSignatures: boolean; readonly media: RemoteMedia },
  log: AdaptationLog,
): GoogleConversation {
  const writing: PartWriting = { log, media, names: toolNames(request), calls: new Map() };
  const system: GooglePart[] = [];
  const contents: GoogleContent[] = [];
  request.messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name !== "") log.dropped(`${path}.name`, "Gemini's turns have no names.");
    const parts = toMessageParts(message, path, writing);
    if (message.role === Role.SYSTEM || message.role === Role.DEVELOPER) {
      if (contents.length > 0) log.emulated(path, "Gemini takes standing instructions at the top alone.");
      system.push(...parts);
    } else if (parts.length > 0) {
      addTurn(contents, message.role === Role.ASSISTANT ? "model" : "user", parts);
    }
  });
  if (contents.length === 0) contents.push({ role: "user", parts: system.splice(0) });
  if (contents[0]?.parts.length === 0) throw invalidField("chat.messages", "nothing of the conversation can be sent to Gemini");
  orderResults(contents, writing.calls);
  if (needsSignatures) signForeignCalls(contents, log);
  return { system, contents };
}

function toMessageParts(message: Message, path: string, writing: PartWriting): GooglePart[] {
  const parts: GooglePart[] = [];
  const isSystem = message.role === Role.SYSTEM || message.role === Role.DEVELOPER;
  message.parts.forEach((part, index) => toGoogleParts(part, { isSystem, path: `${path}.parts[${index}]`, before: parts }, writing));
  return parts;
}

function addTurn(contents: GoogleContent[], role: GoogleContent["role"], parts: GooglePart[]): void {
  const last = contents.at(-1);
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts });
}

/** Names of tools by the ids of their calls: Gemini matches results by name. */
function toolNames(request: ChatRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of request.messages) {
    for (const { content } of message.parts) if (content.case === "toolCall") names.set(content.value.id, content.value.name);
  }
  return names;
}

/** The first call of each turn since the user last spoke needs a signature; what others called has none. */
function signForeignCalls(contents: readonly GoogleContent[], log: AdaptationLog): void {
  const spoke = contents.findLastIndex((turn) => turn.role === "user" && turn.parts.some((part) => part.text !== undefined));
  let signed = false;
  for (const turn of contents.slice(spoke + 1)) {
    const first = turn.parts.find((part) => part.functionCall !== undefined);
    if (first === undefined || first.thoughtSignature !== undefined) continue;
    first.thoughtSignature = FOREIGN_SIGNATURE;
    signed = true;
  }
  if (signed) log.emulated("messages", "Calls without Gemini's signature carry its documented stand-in.");
}
