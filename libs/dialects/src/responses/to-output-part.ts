import type { Part } from "@fairlead/contracts/chat/v1/content";
import { decodeBase64 } from "../base64.ts";
import type { Findings } from "../findings.ts";
import { fromOpaqueText } from "../opaque-text.ts";
import * as build from "../part-builders.ts";
import { foreignPart, keepExtraFields } from "../part-extras.ts";
import { readSeal } from "../reasoning-seal.ts";
import { HOME, OPENAI_RESPONSES, REDACTED } from "./dialect.ts";
import { isOwnItemId } from "./item-id.ts";
import type { FunctionCallItem, ImageCallItem, ReasoningItem } from "./item-schema.ts";

const KNOWN_CALL: ReadonlySet<string> = new Set(["type", "call_id", "name", "arguments", "id", "status", "extra_content"]);
/** What the model thought in full goes along as it is: the contract has one text for it and its summary. */
const KNOWN_REASONING: ReadonlySet<string> = new Set(["type", "id", "summary", "encrypted_content", "status"]);
const NO_BYTES = new Uint8Array(0);

/** A call of a function that an answer asked for. */
export function toToolCall(item: FunctionCallItem, path: () => string, findings: Findings): Part {
  const signature = item.extra_content?.google?.thought_signature;
  const bytes = typeof signature === "string" ? fromOpaqueText(signature) : NO_BYTES;
  const part = build.toolCallPart(item.call_id, item.name, item.arguments, bytes);
  return keepExtraFields(part, OPENAI_RESPONSES, item, KNOWN_CALL, path, findings);
}

/** Reasoning of an answer. What is not sealed is nobody's, unless OpenAI's own id tells where it is kept. */
export function toReasoning(item: ReasoningItem, path: () => string, findings: Findings): Part {
  const text = item.encrypted_content ?? "";
  const redacted = text.startsWith(REDACTED);
  const { provider, signature, ...kept } = readSeal(redacted ? text.slice(REDACTED.length) : text, HOME);
  const said = typeof item.id === "string" && !isOwnItemId(item.id) ? item.id.slice(0, 512) : "";
  const id = kept.id ?? said;
  const part = build.reasoningPart(toText(item), signature, text !== "" || id !== "" ? provider : "", redacted, { ...kept, id });
  return keepExtraFields(part, OPENAI_RESPONSES, item, KNOWN_REASONING, path, findings);
}

/** A picture that a model of another provider made is one again; OpenAI's own call goes back as it is. */
export function toImageCall(item: ImageCallItem, path: () => string, findings: Findings): Part | undefined {
  const own = typeof item.id === "string" && isOwnItemId(item.id);
  const bytes = own ? decodeBase64(item.result ?? "") : undefined;
  if (bytes === undefined || bytes.length === 0) return foreignPart(OPENAI_RESPONSES, item, path, findings);
  return build.imagePart(build.inlineSource(bytes, ""));
}

function toText({ summary, content }: ReasoningItem): string {
  const texts = content !== null && content !== undefined && content.length > 0 ? content : (summary ?? []);
  return texts.map(({ text }) => text).join("\n\n");
}
