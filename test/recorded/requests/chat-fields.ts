import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ChatRequest, ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";

/** Fields of a request in the contract's words, to make one of. */
export type ChatFields = Exclude<MessageInitShape<typeof ChatRequestSchema>, ChatRequest>;
