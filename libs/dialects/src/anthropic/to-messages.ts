import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { Message } from "@fairlead/contracts/chat/v1/message";
import { Role } from "@fairlead/contracts/chat/v1/message";
import type { Findings } from "../findings.ts";
import { keepUnknownKeys } from "../leftovers.ts";
import * as build from "../part-builders.ts";
import type { MessageBody, MessagesBody } from "./messages-body.ts";
import { toParts } from "./to-part.ts";

const ROLES = { user: Role.USER, assistant: Role.ASSISTANT, system: Role.SYSTEM } as const;
const KNOWN: ReadonlySet<string> = new Set(["role", "content"]);

/** The conversation of a body, with its system text first. */
export function toMessages(body: MessagesBody, findings: Findings): Message[] {
  const messages = toSystem(body.system, findings);
  for (const [index, message] of body.messages.entries()) {
    const path = () => `[${index}]`;
    keepUnknownKeys(findings.leftovers, "messages", path, message, KNOWN);
    messages.push(...toTurns(message, path, findings));
  }
  return messages;
}

function toSystem(system: MessagesBody["system"], findings: Findings): Message[] {
  if (system === null || system === undefined || system.length === 0) return [];
  return [build.messageOf(Role.SYSTEM, toParts(system, () => "", inSystem(findings)))];
}

/** The same findings, for what stands in the system text. */
function inSystem({ leftovers, violations }: Findings): Findings {
  return {
    leftovers,
    violations,
    refuse: (path, description, rule) => {
      violations.push({ field: `system${path}`, description, rule });
      return undefined;
    },
  };
}

/** One message, or none when nothing of it has a part, or several when a user's words and tool results are mixed. */
function toTurns(message: MessageBody, path: () => string, findings: Findings): Message[] {
  const content = message.role === "assistant" ? message.content || [] : message.content;
  const parts = toParts(content, () => `${path()}.content`, findings);
  if (message.role === "assistant") return [build.messageOf(Role.ASSISTANT, parts)];
  return splitResults(parts, ROLES[message.role]);
}

/** Each tool result becomes a turn of its own, because that is how most providers want them. */
function splitResults(parts: Part[], role: Role): Message[] {
  const messages: Message[] = [];
  let words: Part[] = [];
  const flush = () => {
    if (words.length > 0) messages.push(build.messageOf(role, words));
    words = [];
  };
  for (const part of parts) {
    if (part.content.case !== "toolResult") {
      words.push(part);
      continue;
    }
    flush();
    messages.push(build.messageOf(Role.TOOL, [part]));
  }
  flush();
  return messages;
}
