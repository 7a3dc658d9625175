import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import type { Part } from "@fairlead/contracts/chat/v1/content";
import type { Message } from "@fairlead/contracts/chat/v1/message";
import type { Contender, Target } from "./target.ts";

/** Something in a request that only some targets can use. */
export type Pin =
  /** An answer that its provider keeps, which the request goes on from. */
  | { readonly kind: "kept_answer"; readonly field: string; readonly provider: string; readonly deployment: string }
  /** Reasoning whose seal only the deployment that made it can open. */
  | { readonly kind: "reasoning"; readonly field: string; readonly provider: string; readonly deployment: string }
  /** A block of one dialect, such as a file that providers of that dialect keep. */
  | { readonly kind: "dialect"; readonly field: string; readonly dialect: string };

/** Where a request must go, and where it had better go. */
export interface Pins {
  /** Whoever does not fit all of these may not take it. */
  readonly required: readonly Pin[];
  /** Whoever fits these is tried before all others, the first of them weighing most. */
  readonly preferred: readonly Pin[];
}

export const NO_PINS: Pins = { required: [], preferred: [] };

/** Dialects that pins tell apart at most; a conversation is seldom carried on in more than two. */
const MOST_DIALECTS = 4;

/**
 * Finds what ties a request to targets. An answer that a provider keeps can be gone on from there alone. Reasoning and
 * blocks of a dialect can be left out elsewhere, and that is told; so they make a target come first, and a block binds
 * only where nothing may be left out.
 *
 * @param strict true when a field that a provider cannot take is refused
 */
export function pinsOf(chat: ChatRequest, strict: boolean): Pins {
  const kept = chat.previousAnswer;
  const reasoning = newestSeal(chat.messages);
  const dialects = dialectsOf(chat.messages);
  if (kept === undefined && reasoning === undefined && dialects.length === 0) return NO_PINS;
  const { provider = "", deployment = "" } = kept ?? {};
  const required: Pin[] = kept === undefined ? [] : [{ kind: "kept_answer", field: "chat.previous_answer", provider, deployment }];
  const preferred: Pin[] = reasoning === undefined ? [] : [reasoning];
  (strict ? required : preferred).push(...dialects);
  return { required, preferred };
}

/** Whether a target can use what is pinned. An answer that is kept without a deployment's name is kept by the only one. */
export function fitsPin(pin: Pin, { provider, deployment, dialects }: Target): boolean {
  if (pin.kind === "dialect") return dialects.includes(pin.dialect);
  return pin.provider === provider && (pin.deployment === "" || pin.deployment === deployment);
}

/** Why only those who fit a pin may take the request, or come first. */
export function tellPin(pin: Pin): string {
  switch (pin.kind) {
    case "kept_answer":
      return `the answer that the request goes on from is kept by ${placeOf(pin)} alone`;
    case "reasoning":
      return `the newest reasoning in the request means something to ${placeOf(pin)} alone`;
    case "dialect":
      return `the request holds a block that only ${pin.dialect} has`;
  }
}

/** Contenders that fit the pins before all others, each in their order. What may only be used in need stays where it is. */
export function preferPinned(ranked: readonly Contender[], pins: readonly Pin[]): readonly Contender[] {
  return pins.reduceRight<readonly Contender[]>((order, pin) => {
    const isFirst = ({ target, reservation }: Contender) => reservation === undefined && fitsPin(pin, target);
    return [...order.filter(isFirst), ...order.filter((one) => !isFirst(one))];
  }, ranked);
}

function placeOf({ provider, deployment }: Extract<Pin, { deployment: string }>): string {
  return deployment === "" ? provider : `${provider} (${deployment})`;
}

/** The pin of the newest sealed reasoning; undefined where there is none, or its seal is good at any deployment. */
function newestSeal(messages: readonly Message[]): Pin | undefined {
  for (let at = messages.length - 1; at >= 0; at--) {
    const parts = messages[at]?.parts ?? [];
    const index = parts.findLastIndex(({ content }) => content.case === "reasoning" && content.value.signature.length > 0);
    const content = parts[index]?.content;
    if (content?.case !== "reasoning") continue;
    const { provider, deployment } = content.value;
    if (provider === "" || deployment === "") return undefined;
    return { kind: "reasoning", field: `chat.messages[${at}].parts[${index}].reasoning`, provider, deployment };
  }
  return undefined;
}

function dialectsOf(messages: readonly Message[]): Pin[] {
  const pins: Pin[] = [];
  messages.forEach(({ parts }, index) => addDialects(parts, () => `chat.messages[${index}].parts`, pins));
  return pins;
}

/** Dialect of a block that no other has, or whose speakers keep a file. Empty: any provider can be told of it. */
function dialectOf(content: Part["content"] | undefined): string {
  if (content?.case === "foreign") return content.value.dialect;
  if (content?.case !== "image" && content?.case !== "audio" && content?.case !== "file") return "";
  const { source } = content.value;
  return source?.location.case === "fileId" ? source.dialect : "";
}

function addDialects(parts: readonly Part[], path: () => string, pins: Pin[]): void {
  for (let index = 0; index < parts.length && pins.length < MOST_DIALECTS; index++) {
    const content = parts[index]?.content;
    if (content?.case === "toolResult") addDialects(content.value.content, () => `${path()}[${index}].tool_result.content`, pins);
    const dialect = dialectOf(content);
    if (content === undefined || dialect === "") continue;
    if (!pins.some((pin) => pin.kind === "dialect" && pin.dialect === dialect)) {
      pins.push({ kind: "dialect", field: `${path()}[${index}].${content.case}`, dialect });
    }
  }
}
