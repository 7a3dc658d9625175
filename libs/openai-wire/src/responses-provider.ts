import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import type { ChatProviderSettings } from "./chat-provider.ts";
import { fromResponse } from "./responses/from-response.ts";
import { createResponsesStream } from "./responses/from-responses-stream.ts";
import { toResponsesBody } from "./responses/to-responses-body.ts";

/** What a provider that speaks the Responses API is made of. */
export interface ResponsesProviderSettings extends Pick<ChatProviderSettings, "clients" | "flavor" | "traitsOf"> {
  /** Name of a model at the server. Unset: its own. */
  readonly nameOf?: (model: string) => string;
}

/** How a provider is asked by the Responses API. */
export function responsesProvider(settings: ResponsesProviderSettings): Pick<Provider, "chat" | "chatStream"> {
  const { clients, flavor, traitsOf, nameOf = (model: string) => model } = settings;
  const { provider } = flavor;
  return {
    async chat(request, call) {
      const { strict, deployment, now } = call;
      const client = clients.of(deployment, request.model);
      const traits = traitsOf(request.model);
      const { body, adaptations } = toResponsesBody(request, { flavor, traits, strict, stream: false, deployment });
      const send = () => client.responses.create({ ...body, model: nameOf(request.model), stream: false }).asResponse();
      const response = await callProvider(call, send);
      return fromResponse(await readJson(response, call), { provider, deployment, adaptations, now });
    },

    async chatStream(request, call) {
      const { strict, deployment, now } = call;
      const client = clients.of(deployment, request.model);
      const traits = traitsOf(request.model);
      const { body, adaptations } = toResponsesBody(request, { flavor, traits, strict, stream: true, deployment });
      const send = () => client.responses.create({ ...body, model: nameOf(request.model), stream: true }).asResponse();
      return streamAnswer(call, send, createResponsesStream({ provider, deployment, now }), adaptations);
    },
  };
}
