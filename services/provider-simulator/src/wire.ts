import type { IncomingHttpHeaders } from "node:http";
import type { Reply, WholeReply } from "./http/reply.ts";
import type { JsonObject } from "./json.ts";
import type { AnswerSettings } from "./models/answer-settings.ts";
import type { ModelProfile, ModelTable } from "./models/model-profile.ts";
import type { Refusal } from "./refusal.ts";

/** A request as a wire sees it. */
export interface Call {
  readonly headers: IncomingHttpHeaders;
  /** Below the provider's prefix, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** An empty object for a GET. */
  readonly body: JsonObject;
  /** Where the request is meant to go: the name in its path, else the mark of its key. */
  readonly deployment: string;
}

/** One thing a vendor does at one method and path. */
export interface Operation {
  /** The model, where the path names it; otherwise the body may. */
  readonly model?: string | undefined;
  /** True for what callers find out by whether the vendor answers at all. */
  readonly probe?: boolean;
  answer(call: Call): Reply | Refusal;
}

/** What the simulator as a whole gives to every wire. */
export interface Simulation {
  readonly seed: number;
  /** The settings in force for a model at a deployment. */
  readonly settingsOf: (profile: ModelProfile, deployment: string) => AnswerSettings;
  /** A new id of 24 letters and digits. */
  readonly nextId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One vendor's protocol. A provider joins by adding a folder and a line in `wires.ts`. */
export interface Wire {
  readonly provider: string;
  /** The first segment of every path, with its leading slash. */
  readonly prefix: string;
  /** The path that an SDK takes as its base. */
  readonly basePath: string;
  readonly models: ModelTable;
  /** Finds what is asked for; undefined where the vendor has nothing. */
  operation(method: string, path: string): Operation | undefined;
  /** Looks at the credential and other demands of every request. */
  admit(headers: IncomingHttpHeaders, query: string): Refusal | undefined;
  /** Gives a refusal the vendor's shape. */
  refuse(refusal: Refusal, requestId: string): WholeReply;
  /** The vendor's usual headers as name, value, name, value; a new array each time. */
  headers(requestId: string): string[];
}

export type WireFactory = (simulation: Simulation) => Wire;
