import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { chatProvider, type ChatProviderSettings } from "@fairlead/openai-wire/chat-provider";
import { fromInputTokenCount, toInputTokenBody } from "@fairlead/openai-wire/responses/to-input-token-body";
import { wantsResponses } from "@fairlead/openai-wire/responses/wants-responses";
import { responsesProvider } from "@fairlead/openai-wire/responses-provider";

/** OpenAI: chat completions, and the Responses API for what only that one can do. It counts tokens for free. */
export function openaiProvider(settings: ChatProviderSettings): Provider {
  const { clients, flavor, traitsOf } = settings;
  const byChat = chatProvider(settings);
  const byResponses = responsesProvider(settings);
  const speakerOf = (request: ChatRequest) =>
    wantsResponses(request, traitsOf(request.model), flavor.provider) ? byResponses : byChat;
  return {
    ...byChat,
    chat: (request, call) => speakerOf(request).chat(request, call),
    chatStream: (request, call) => speakerOf(request).chatStream(request, call),

    async countTokens(request, call) {
      const { deployment } = call;
      const client = clients.of(deployment, request.model);
      const body = toInputTokenBody(request, { flavor, traits: traitsOf(request.model), deployment });
      const response = await callProvider(call, () => client.responses.inputTokens.count(body).asResponse());
      return fromInputTokenCount(await readJson(response, call));
    },
  };
}
