import { callProvider, type ProviderCall, readJson } from "@fairlead/adapter-kit/call-provider";
import type { DeploymentClients } from "@fairlead/adapter-kit/deployment-clients";
import { asText, type JsonObject } from "@fairlead/adapter-kit/json";
import type { TypedOffer } from "@fairlead/adapter-kit/offer";
import type { Provider } from "@fairlead/adapter-kit/serve-provider";
import { chatProvider } from "@fairlead/openai-wire/chat-provider";
import { type ServedModelTraits, toModelBody } from "@fairlead/openai-wire/model-body";
import { responsesProvider } from "@fairlead/openai-wire/responses-provider";
import type OpenAI from "openai";
import type { Server } from "./server.ts";

/** What a server is called with. */
export interface ServerProviderSettings {
  readonly offer: TypedOffer<ServedModelTraits>;
  readonly clients: DeploymentClients<OpenAI>;
  /** Name at the server by model; others have their own. */
  readonly modelNames: Readonly<Record<string, string>>;
}

/** A server that is asked by chat completions or, where it or the model wants that, by the Responses API. */
export function serverProvider(server: Server, { offer, clients, modelNames }: ServerProviderSettings): Provider {
  const traitsOf = (model: string) => offer.entry(model)?.traits;
  const nameOf = (model: string) => modelNames[model] ?? model;
  const finish = (body: JsonObject) => {
    const model = asText(body["model"]);
    return { ...toModelBody(body, traitsOf(model)), model: nameOf(model) };
  };
  const byChat = chatProvider({ offer, clients, flavor: { ...server.flavor, finish }, traitsOf });
  const byResponses = responsesProvider({ clients, flavor: server.flavor, traitsOf, nameOf });
  const of = (model: string) => (speaksResponses(server, traitsOf(model)) ? byResponses : byChat);
  return {
    ...byChat,
    chat: (request, call) => of(request.model).chat(request, call),
    chatStream: (request, call) => of(request.model).chatStream(request, call),
    async probe(call: ProviderCall) {
      const client = clients.toProbe(call.deployment);
      await readJson(await callProvider(call, () => client.get(server.probePath).asResponse()), call);
    },
  };
}

function speaksResponses({ api }: Server, traits: ServedModelTraits | undefined): boolean {
  return api === "responses" || traits?.api === "responses";
}
