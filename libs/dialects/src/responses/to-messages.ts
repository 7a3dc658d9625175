import type { Part } from "@fairlead/contracts/chat/v1/content";
import { type Message, Role } from "@fairlead/contracts/chat/v1/message";
import type { Findings } from "../findings.ts";
import { keepNested } from "../leftovers.ts";
import * as build from "../part-builders.ts";
import { foreignPart, keepExtraFields } from "../part-extras.ts";
import { parseWith } from "../zod-violations.ts";
import { MESSAGE_FIELD, OPENAI_RESPONSES } from "./dialect.ts";
import { type FunctionCallOutputItem, isKnownItem, type Item, itemSchema, type MessageItem, type ReferenceItem } from "./item-schema.ts";
import { readHeldItem } from "./item-id.ts";
import type { ResponsesBody } from "./responses-body.ts";
import { toContentParts } from "./to-content-parts.ts";
import { toImageCall, toReasoning, toToolCall } from "./to-output-part.ts";

const ROLES = { user: Role.USER, system: Role.SYSTEM, developer: Role.DEVELOPER } as const;
const KNOWN_MESSAGE: ReadonlySet<string> = new Set(["type", "role", "content", "id", "status"]);
const KNOWN_OUTPUT: ReadonlySet<string> = new Set(["type", "call_id", "output", "id", "status"]);

/**
 * The conversation of a body, with its instructions first. Items that a model makes in a row are one turn of the
 * assistant: most providers want a turn's reasoning, words and calls together.
 */
export function toMessages({ instructions, input, previous_response_id: previous }: ResponsesBody, findings: Findings): Message[] {
  const messages: Message[] = [];
  if (typeof instructions === "string" && instructions !== "") {
    messages.push(build.messageOf(Role.SYSTEM, [build.textPart(instructions)]));
  }
  if (typeof input === "string") return [...messages, build.messageOf(Role.USER, [build.textPart(input)])];
  const reader = new ItemReader(messages, typeof previous === "string", findings);
  for (const [index, item] of input.entries()) reader.read(item, () => `[${index}]`);
  return messages;
}

class ItemReader {
  readonly #messages: Message[];
  readonly #goesOn: boolean;
  readonly #findings: Findings;

  /** @param goesOn true when the input goes on from an answer that a provider keeps, along with its items */
  constructor(messages: Message[], goesOn: boolean, findings: Findings) {
    this.#messages = messages;
    this.#goesOn = goesOn;
    this.#findings = findings;
  }

  read(item: Item, path: () => string): void {
    const findings = this.#findings;
    if (!isKnownItem(item)) return this.#said(foreignPart(OPENAI_RESPONSES, item, path, findings));
    switch (item.type) {
      case "message":
        return this.#message(item, path);
      case "function_call":
        return this.#said(toToolCall(item, path, findings));
      case "function_call_output":
        return this.#toolResult(item, path);
      case "reasoning":
        return this.#said(toReasoning(item, path, findings));
      case "image_generation_call":
        return this.#said(toImageCall(item, path, findings));
      case "item_reference":
        return this.#reference(item, path);
    }
  }

  #message(item: MessageItem, path: () => string): void {
    const { role, content } = item;
    const parts = toContentParts(content, () => `${path()}.content`, this.#findings);
    const first = parts[0];
    if (first !== undefined) keepExtraFields(first, OPENAI_RESPONSES, item, KNOWN_MESSAGE, path, this.#findings, MESSAGE_FIELD);
    if (role === "assistant") this.#said(...parts);
    else if (parts.length > 0) this.#messages.push(build.messageOf(ROLES[role], parts));
    else if (content.length === 0) this.#findings.refuse(`${path()}.content`, "Content is expected.", "min");
  }

  #toolResult(item: FunctionCallOutputItem, path: () => string): void {
    const content = toContentParts(item.output, () => `${path()}.output`, this.#findings);
    const part = build.toolResultPart(item.call_id, "", content);
    keepExtraFields(part, OPENAI_RESPONSES, item, KNOWN_OUTPUT, path, this.#findings);
    this.#messages.push(build.messageOf(Role.TOOL, [part]));
  }

  /** What an answer's own id holds stands in its place; only a provider that keeps the answer knows any other. */
  #reference(item: ReferenceItem, path: () => string): void {
    const held = parseWith(itemSchema, readHeldItem(item.id));
    if (held.kind === "ok" && held.value.type !== "item_reference") return this.read(held.value, path);
    if (this.#goesOn) return this.#said(foreignPart(OPENAI_RESPONSES, item, path, this.#findings));
    // Reasoning is state that an answer can do without, unlike what was said.
    if (item.id.startsWith("rs_")) return keepNested(this.#findings.leftovers, "input", path(), { type: item.type });
    const description = "This mesh keeps no items; send the item itself. Clients do so when store is false.";
    this.#findings.refuse(path(), description, "unsupported");
  }

  #said(...parts: (Part | undefined)[]): void {
    const made = parts.filter((part) => part !== undefined);
    const last = this.#messages.at(-1);
    if (last?.role === Role.ASSISTANT) last.parts.push(...made);
    else this.#messages.push(build.messageOf(Role.ASSISTANT, made));
  }
}
