import { create } from "@bufbuild/protobuf";
import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { type ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { Client } from "@fairlead/rpc/call";
import { asFairleadError, retryAfterMs } from "@fairlead/rpc/fairlead-error";
import { validate } from "@fairlead/rpc/validate";
import { readChatResponse, readDeltas } from "./answers/chat-v1.ts";
import type { Observation } from "./observation.ts";

/** Milliseconds for an answer. */
const ANSWER_MS = 20_000;

/** Asks an adapter over its contract, and reads what comes. */
export async function askAdapter(
  client: Client<typeof AdapterService>,
  chat: ChatRequest,
  streamed: boolean,
): Promise<Observation> {
  const deltas: ChatDelta[] = [];
  try {
    validate(ChatRequestSchema, create(ChatRequestSchema, chat));
    const options = { deadline: Date.now() + ANSWER_MS };
    if (!streamed) {
      const { chat: answer } = await client.chat({ chat }, options);
      if (answer === undefined) throw new Error("the adapter's answer is empty");
      return {
        answer: readChatResponse(answer),
        error: undefined,
        adaptations: answer.adaptations.map(({ field }) => field),
        problems: [],
        usageTold: true,
      };
    }
    for await (const message of client.chatStream({ chat }, options)) deltas.push(...message.deltas);
    return { answer: readDeltas(deltas), error: undefined, adaptations: adaptationsIn(deltas), problems: [], usageTold: true };
  } catch (thrown) {
    const { code, message, detail } = asFairleadError(thrown);
    const error = { code: (ErrorCode[code] ?? "INTERNAL").toLowerCase(), message, waitMs: retryAfterMs(detail) };
    return {
      answer: deltas.length === 0 ? undefined : readDeltas(deltas),
      error,
      adaptations: adaptationsIn(deltas),
      problems: [],
      usageTold: true,
    };
  }
}

function adaptationsIn(deltas: readonly ChatDelta[]): string[] {
  return deltas.flatMap(({ step }) => (step.case === "adaptation" ? [step.value.field] : []));
}
