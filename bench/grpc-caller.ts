import { create } from "@bufbuild/protobuf";
import { type ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { Role } from "@fairlead/contracts/chat/v1/message";
import { RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { Client } from "@fairlead/rpc/call";
import { connectGrpc } from "@fairlead/rpc/grpc-client";
import { ANSWER_MS, type Caller } from "./caller.ts";
import { nowMs } from "./clock.ts";
import { MESSAGES, MODEL } from "./question.ts";

const ROLES = { system: Role.SYSTEM, user: Role.USER, assistant: Role.ASSISTANT } as const;
const CHANNELS = 2;

/** Asks over gRPC, as a service in the same cluster does. */
export function grpcCaller(address: string, streamed: boolean): Caller {
  const { client, close } = connectGrpc(RouterService, { target: address, channels: CHANNELS });
  const chat = create(ChatRequestSchema, {
    model: MODEL,
    messages: MESSAGES.map(({ role, content }) => ({
      role: ROLES[role],
      parts: [{ content: { case: "text" as const, value: { text: content } } }],
    })),
  });
  return {
    ask: () => (streamed ? askStream(client, chat) : askWhole(client, chat)),
    close: async () => close(),
  };
}

async function askWhole(client: Client<typeof RouterService>, chat: ChatRequest): Promise<number> {
  const answer = await client.generate({ chat }, { deadline: Date.now() + ANSWER_MS });
  if (answer.chat?.choices[0]?.parts.length !== 1) throw new Error("an answer without text");
  return 0;
}

async function askStream(client: Client<typeof RouterService>, chat: ChatRequest): Promise<number> {
  let firstTokenAt = 0;
  let finished = false;
  for await (const { deltas } of client.generateStream({ chat }, { deadline: Date.now() + ANSWER_MS })) {
    for (const { step } of deltas) {
      if (step.case === "text") firstTokenAt ||= nowMs();
      else if (step.case === "finished") finished = true;
    }
  }
  if (firstTokenAt === 0 || !finished) throw new Error("a stream that is not whole");
  return firstTokenAt;
}
