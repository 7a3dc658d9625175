import {
  type FixtureServer,
  type ReceivedRequest,
  type Score,
  serveFixtures,
} from "@fairlead/adapter-kit/testing/fixture-server";
import { startEmbedded } from "../../support/start-embedded.ts";
import { readEvents, type WireEvent } from "./events.ts";
import { vendorEnvironment } from "./vendors.ts";

/** A dialect that callers speak. */
export type Edge = "chat" | "responses" | "messages";

/** All dialects that callers speak. */
export const EDGES: readonly Edge[] = ["chat", "responses", "messages"];

/** What a caller was told. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line typescript/no-explicit-any -- bodies of many shapes, each asserted by its test
  readonly body: any;
  /** Events of a stream, in order. */
  readonly events: readonly WireEvent[];
  /** The bytes as they came. */
  readonly text: string;
}

/** A mesh with every provider, each of them a server of the test. */
export interface WireMesh {
  readonly upstream: FixtureServer;
  /** Sets what every provider answers from now on. */
  play(score: Score): void;
  /** Asks in a dialect. No other target is tried unless the body's `fairlead` says so. */
  ask(edge: Edge, body: object, headers?: Readonly<Record<string, string>>): Promise<Told>;
  /** The bodies that providers were sent since the last look. */
  // eslint-disable-next-line typescript/no-explicit-any -- bodies of many shapes, each asserted by its test
  sent(): any[];
  /** The same as whole requests. */
  received(): ReceivedRequest[];
  close(): Promise<void>;
}

const PATHS: Readonly<Record<Edge, string>> = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
};

/** One call for a request, whatever comes of it, unless another model is named to fall back on; and none besides. */
const ONE_CALL = {
  FAIRLEAD_RETRIES_PER_TARGET: "0",
  FAIRLEAD_CIRCUIT_FAILURES: "1000",
  FAIRLEAD_CIRCUIT_FAILURE_RATE: "0",
  FAIRLEAD_PROBE_MS: "3600000",
};

/** Starts the program as it is delivered, with every provider at a server of the test. */
export async function startWireMesh(): Promise<WireMesh> {
  const upstream = await serveFixtures();
  const mesh = await startEmbedded({ ...vendorEnvironment(upstream.url), ...ONE_CALL });
  const received = () => upstream.requests.splice(0).filter(({ method }) => method === "POST");
  return {
    upstream,
    play: (score) => upstream.play(score),
    async ask(edge, body, headers = {}) {
      const { fairlead, ...asked } = body as { readonly fairlead?: object };
      const answer = await fetch(`${mesh.httpUrl}${PATHS[edge]}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ ...asked, fairlead: { disable_fallback: true, ...fairlead } }),
      });
      const text = await answer.text();
      const streamed = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
      const told = { status: answer.status, headers: answer.headers, text };
      return streamed
        ? { ...told, body: undefined, events: readEvents(text) }
        : { ...told, body: JSON.parse(text), events: [] };
    },
    sent: () => received().map(({ body }) => JSON.parse(body)),
    received,
    async close() {
      await mesh.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
