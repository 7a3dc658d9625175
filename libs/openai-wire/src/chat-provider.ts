import { callProvider, readJson } from "@fairlead/adapter-kit/call-provider";
import type { DeploymentClients } from "@fairlead/adapter-kit/deployment-clients";
import type { Offer } from "@fairlead/adapter-kit/offer";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { streamAnswer } from "@fairlead/adapter-kit/stream-answer";
import type OpenAI from "openai";
import { fromChatCompletion } from "./chat/from-chat-completion.ts";
import { createChatStream } from "./chat/from-chat-stream.ts";
import { toChatBody } from "./chat/to-chat-body.ts";
import { fromEmbeddingList } from "./embeddings/from-embedding-list.ts";
import { toEmbeddingBody } from "./embeddings/to-embedding-body.ts";
import type { Flavor } from "./flavor.ts";
import type { ModelTraits } from "./traits.ts";

/** What a provider that speaks chat completions is made of. */
export interface ChatProviderSettings {
  readonly offer: Offer;
  readonly clients: DeploymentClients<OpenAI>;
  readonly flavor: Flavor;
  /** Traits of a model; undefined for one that is not listed. */
  readonly traitsOf: (model: string) => ModelTraits | undefined;
}

/** A provider that is asked by chat completions and embeddings, and probed by its list of models. */
export function chatProvider({ offer, clients, flavor, traitsOf }: ChatProviderSettings): Provider {
  return {
    offer,

    async chat(request, call) {
      const client = clients.of(call.deployment, request.model);
      const settings = { flavor, traits: traitsOf(request.model), strict: call.strict, deployment: call.deployment };
      const { body, adaptations } = toChatBody(request, { ...settings, stream: false });
      const response = await callProvider(call, () =>
        client.chat.completions.create({ ...body, stream: false }).asResponse(),
      );
      return fromChatCompletion(await readJson(response, call), { flavor, adaptations, now: call.now });
    },

    async chatStream(request, call) {
      const client = clients.of(call.deployment, request.model);
      const settings = { flavor, traits: traitsOf(request.model), strict: call.strict, deployment: call.deployment };
      const { body, adaptations } = toChatBody(request, { ...settings, stream: true });
      const send = () => client.chat.completions.create({ ...body, stream: true }).asResponse();
      return streamAnswer(call, send, createChatStream({ flavor, now: call.now }), adaptations);
    },

    async embed(input, call) {
      const client = clients.of(call.deployment, input.model);
      const { body, adaptations, count } = toEmbeddingBody(input, { flavor, strict: call.strict });
      const response = await callProvider(call, () => client.embeddings.create(body).asResponse());
      return fromEmbeddingList(await readJson(response, call), { count, adaptations, now: call.now });
    },

    async probe(call) {
      const client = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => client.models.list().asResponse()), call);
    },
  };
}
