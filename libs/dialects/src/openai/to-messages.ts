import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { Message } from "@fairlead/contracts/chat/v1/message";
import { Role } from "@fairlead/contracts/chat/v1/message";
import type { Findings } from "../findings.ts";
import { keepUnknownKeys } from "../leftovers.ts";
import * as build from "../part-builders.ts";
import type { ContentPart } from "./content-schema.ts";
import type { ChatMessage } from "./message-schema.ts";
import { LegacyCallIds } from "./legacy-call-ids.ts";
import { toAssistantParts } from "./to-assistant-parts.ts";
import { toContentPart } from "./to-content-part.ts";

const ROLES = { system: Role.SYSTEM, developer: Role.DEVELOPER, user: Role.USER } as const;

const KNOWN: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "refusal",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "audio",
]);

/** The conversation of a body. What cannot be read is noted in the findings. */
export function toMessages(messages: readonly ChatMessage[], findings: Findings): Message[] {
  const callIds = new LegacyCallIds();
  return messages.map((message, index) => {
    const path = () => `[${index}]`;
    keepUnknownKeys(findings.leftovers, "messages", path, message, KNOWN);
    return toMessage(message, path, callIds, findings);
  });
}

function toMessage(message: ChatMessage, path: () => string, callIds: LegacyCallIds, findings: Findings): Message {
  switch (message.role) {
    case "assistant": {
      // Clients send an empty content along with calls, which says nothing.
      const text = isEmpty(message.content) ? [] : toParts(message.content, path, findings);
      return build.messageOf(Role.ASSISTANT, toAssistantParts(text, { message, path, callIds, findings }), message.name ?? "");
    }
    case "tool": {
      const content = toParts(message.content, path, findings);
      return build.messageOf(Role.TOOL, [build.toolResultPart(message.tool_call_id, message.name ?? "", content)]);
    }
    case "function": {
      const content = toParts(message.content ?? "", path, findings);
      return build.messageOf(Role.TOOL, [build.toolResultPart(callIds.answered(message.name), message.name, content)]);
    }
    default:
      return build.messageOf(ROLES[message.role], toParts(message.content, path, findings), message.name ?? "");
  }
}

function isEmpty(content: string | ContentPart[] | null | undefined): content is "" | null | undefined {
  return content === null || content === undefined || content === "";
}

function toParts(content: string | ContentPart[], path: () => string, findings: Findings): Part[] {
  if (typeof content === "string") return [build.textPart(content)];
  const parts: Part[] = [];
  for (const [index, item] of content.entries()) {
    const part = toContentPart(item, () => `${path()}.content[${index}]`, findings);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}
