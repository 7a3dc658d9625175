import { callProvider, type ProviderCall, readJson } from "@fairlead/adapter-kit/call-provider";
import type { JsonObject } from "@fairlead/adapter-kit/json";
import { MAX_MODELS } from "@fairlead/adapter-kit/read-models";
import { boundSignal } from "@fairlead/rpc/deadline";
import { asFairleadError } from "@fairlead/rpc/fairlead-error";
import { pause } from "@fairlead/rpc/pause";
import type { ServiceTools } from "@fairlead/runtime/service";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { Ollama } from "ollama/browser";
import { type ListedModel, readListing, toModelEntry } from "./server-models.ts";

/** Milliseconds that a server has for all that is asked in one look. */
const LOOK_MS = 10_000;

/** A server whose models are followed. */
export interface FollowedServer {
  readonly deployment: string;
  /** True when others run it, who may ask for money. */
  readonly hosted: boolean;
  readonly connect: () => Ollama;
}

/** The models of servers, followed as they change. */
export interface ModelFollower {
  /** True once every server was asked, whether or not it answered. */
  readonly looked: boolean;
  close(): Promise<void>;
}

/** What following needs. */
export interface FollowDependencies {
  readonly tools: Pick<ServiceTools, "logger" | "now">;
  /** Milliseconds between looks. */
  readonly everyMs: number;
  /** Told what a server has, at the first look and after each change. */
  readonly onModels: (deployment: string, models: readonly JsonObject[]) => void;
}

/** A model that was shown, kept while its digest stays. */
interface ShownModel {
  readonly digest: string;
  readonly entry: JsonObject | undefined;
}

/**
 * Asks servers for their models, now and then again. A server that does not answer keeps the models that it had:
 * whether it can be called is found out by probes.
 */
export function followModels(servers: readonly FollowedServer[], dependencies: FollowDependencies): ModelFollower {
  const closing = new AbortController();
  const { signal } = closing;
  let left = servers.length;
  const follow = async (server: FollowedServer) => {
    const look = createLook(server, dependencies, signal);
    await look();
    left -= 1;
    while (!signal.aborted) {
      await pause(dependencies.everyMs, signal, true);
      if (!signal.aborted) await look();
    }
  };
  const following = servers.map(follow);
  return {
    get looked() {
      return left === 0;
    },
    async close() {
      closing.abort();
      await Promise.all(following);
    },
  };
}

/** A look at one server. It never throws. */
function createLook(
  { deployment, hosted, connect }: FollowedServer,
  { tools, onModels }: FollowDependencies,
  closing: AbortSignal,
): () => Promise<void> {
  const { logger, now } = tools;
  const shown = new Map<string, ShownModel>();
  let told: string | undefined;
  let answers = true;

  const show = async (model: ListedModel, call: ProviderCall): Promise<ShownModel> => {
    const known = shown.get(model.name);
    if (known !== undefined && known.digest === model.digest) return known;
    const answer = await readJson(await callProvider(call, () => connect().show({ model: model.name })), call);
    const made = { digest: model.digest, entry: toModelEntry({ ...model, remote: model.remote || hosted }, answer) };
    // Kept at once: a look that runs out of time has not been in vain.
    shown.set(model.name, made);
    return made;
  };

  /** Undefined for a model that the server lists but cannot show. */
  const tryToShow = (model: ListedModel, call: ProviderCall): Promise<ShownModel | undefined> =>
    show(model, call).catch((error: unknown) => {
      if (call.signal.aborted) throw error;
      return undefined;
    });

  const ask = async (call: ProviderCall): Promise<void> => {
    const listed = readListing(await readJson(await callProvider(call, () => connect().list()), call), MAX_MODELS);
    const names = new Set(listed.map(({ name }) => name));
    for (const name of shown.keys()) if (!names.has(name)) shown.delete(name);
    const entries: JsonObject[] = [];
    for (const model of listed) {
      const entry = (await tryToShow(model, call))?.entry;
      if (entry !== undefined) entries.push(entry);
    }
    const text = JSON.stringify(entries);
    if (text !== told) onModels(deployment, entries);
    told = text;
  };

  return async () => {
    using bound = boundSignal(closing, now() + LOOK_MS, "The server did not tell its models in time.");
    try {
      await ask({ signal: bound.signal, trace: ROOT_CONTEXT, strict: false, deployment, connectMs: 0, now });
      answers = true;
    } catch (error) {
      const facts = { provider: "ollama", deployment, problem: asFairleadError(error).message };
      if (answers && !closing.aborted) logger.warn(facts, "a server does not tell its models; those it had stay");
      answers = false;
    }
  };
}
