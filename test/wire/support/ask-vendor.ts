import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import type { ChatResponse } from "@fairlead/contracts/chat/v1/chat_response";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Client } from "@fairlead/rpc/call";
import { asFairleadError, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import type { Vendor } from "./open-vendor.ts";

type AdapterClient = Client<typeof AdapterService>;
type Chat = Parameters<AdapterClient["chat"]>[0]["chat"];

/** A short question. */
export function question(model: string, more: object = {}): NonNullable<Chat> {
  return {
    model,
    messages: [{ role: Role.USER, parts: [{ content: { case: "text", value: { text: "Say ahoy." } } }] }],
    ...more,
  };
}

/** The whole answer of an adapter. */
export async function askWhole({ client }: Vendor, model: string): Promise<ChatResponse> {
  const { chat } = await client.chat({ chat: question(model) });
  if (chat === undefined) throw new Error("the adapter's answer is empty");
  return chat;
}

/** The steps in which an adapter answers. */
export async function askStream({ client }: Vendor, model: string): Promise<ChatDelta[]> {
  const deltas: ChatDelta[] = [];
  for await (const message of client.chatStream({ chat: question(model) })) deltas.push(...message.deltas);
  return deltas;
}

/** How an adapter failed. */
export interface Failed {
  /** The stable word of the code. Empty: it did not fail. */
  readonly code: string;
  readonly waitMs: number | undefined;
  readonly message: string;
}

/** What an adapter makes of what its provider answers, where that is a failure. */
export async function failureOf(work: Promise<unknown>): Promise<Failed> {
  try {
    await work;
    return { code: "", waitMs: undefined, message: "" };
  } catch (error) {
    const { code, detail, message } = asFairleadError(error);
    return { code: ErrorCode[code] ?? "", waitMs: retryAfterMs(detail), message };
  }
}
