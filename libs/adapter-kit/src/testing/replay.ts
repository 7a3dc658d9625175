import type { Client } from "@fairlead/rpc/call";
import type { AdapterService } from "@fairlead/contracts/adapter/v1/adapter_service";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { FairleadError } from "@fairlead/rpc/fairlead-error";
import type { FixtureServer } from "./fixture-server.ts";
import { type AnswerSummary, foldDeltas, summarize } from "./fold-deltas.ts";
import type { RecordedAnswer } from "./recorded-traffic.ts";

/** What came of playing a recorded answer: the answer, or the name of the error. */
export type ReplayOutcome = { readonly answer: AnswerSummary } | { readonly error: string; readonly message: string };

const chat = (model: string) => ({ model, messages: [{ role: 3, parts: [{ content: { case: "text" as const, value: { text: "x" } } }] }] });

/** Plays a recorded answer to an adapter, `slice` bytes at a time, whole where it is unset. */
export async function replay(
  server: FixtureServer,
  client: Client<typeof AdapterService>,
  model: string,
  recorded: RecordedAnswer,
  slice?: number,
): Promise<ReplayOutcome> {
  const { status, headers, body } = recorded;
  server.play({ status, headers, body, ...(slice === undefined ? {} : { slice }) });
  try {
    if (!recorded.streamed) {
      const response = await client.chat({ chat: chat(model) });
      return { answer: summarize(response.chat ?? (undefined as never)) };
    }
    const deltas: ChatDelta[] = [];
    for await (const message of client.chatStream({ chat: chat(model) })) deltas.push(...message.deltas);
    return { answer: foldDeltas(deltas) };
  } catch (error) {
    if (error instanceof FairleadError) return { error: ErrorCode[error.code] ?? "", message: error.message };
    throw error;
  }
}
