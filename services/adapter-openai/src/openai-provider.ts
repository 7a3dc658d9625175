import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import { chatProvider, type ChatProviderSettings } from "@fairlead/openai-wire/chat-provider";
import { fromResponse } from "@fairlead/openai-wire/responses/from-response";
import { createResponsesStream } from "@fairlead/openai-wire/responses/from-responses-stream";
import { fromInputTokenCount, toInputTokenBody } from "@fairlead/openai-wire/responses/to-input-token-body";
import { toResponsesBody } from "@fairlead/openai-wire/responses/to-responses-body";
import { wantsResponses } from "@fairlead/openai-wire/responses/wants-responses";

/** OpenAI: chat completions, and the Responses API for what only that one can do. It counts tokens for free. */
export function openaiProvider(settings: ChatProviderSettings): Provider {
  const { clients, flavor, traitsOf } = settings;
  const byChat = chatProvider(settings);
  const { provider } = flavor;
  return {
    ...byChat,

    async chat(request, call) {
      const traits = traitsOf(request.model);
      if (!wantsResponses(request, traits, provider)) return byChat.chat(request, call);
      const { strict, deployment, now } = call;
      const client = clients.of(deployment, request.model);
      const { body, adaptations } = toResponsesBody(request, { flavor, traits, strict, stream: false, deployment });
      const response = await callProvider(call, () => client.responses.create({ ...body, stream: false }).asResponse());
      return fromResponse(await readJson(response, call), { provider, deployment, adaptations, now });
    },

    async chatStream(request, call) {
      const traits = traitsOf(request.model);
      if (!wantsResponses(request, traits, provider)) return byChat.chatStream(request, call);
      const { strict, deployment, now } = call;
      const client = clients.of(deployment, request.model);
      const { body, adaptations } = toResponsesBody(request, { flavor, traits, strict, stream: true, deployment });
      const send = () => client.responses.create({ ...body, stream: true }).asResponse();
      return streamAnswer(call, send, createResponsesStream({ provider, deployment, now }), adaptations);
    },

    async countTokens(request, call) {
      const { deployment } = call;
      const client = clients.of(deployment, request.model);
      const body = toInputTokenBody(request, { flavor, traits: traitsOf(request.model), deployment });
      const response = await callProvider(call, () => client.responses.inputTokens.count(body).asResponse());
      return fromInputTokenCount(await readJson(response, call));
    },
  };
}
