import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context } from "@opentelemetry/api";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { CallContext } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { logDefect } from "@fairlead/runtime/log-defect";
import type { ServiceTools } from "@fairlead/runtime/service";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import type { GatewayConfig } from "../config.ts";
import type { HttpMetrics } from "../metrics.ts";
import { toErrorAnswer } from "./error-answers.ts";
import { OpenAnswers } from "./open-answers.ts";
import { respondJson } from "./respond.ts";
import { nameRequest, REQUEST_ID_HEADERS } from "./request-id.ts";
import { createRouteTable, type ErrorForm, type Route } from "./router-table.ts";
import { traceHttp } from "./trace-http.ts";

/** Connections that may wait to be accepted: bursts of new callers are usual after a deploy. */
const BACKLOG = 8_192;
const IDLE_POLL_MS = 50;
/** Milliseconds that last errors get to leave. */
const LINGER_MS = 1_000;
const NO_METADATA: ReadonlyMap<string, string> = new Map();

/** A listening edge. */
export interface HttpServer {
  readonly port: number;
  /** Goes on, and asks all callers to come by new connections. */
  leave(): void;
  /** Takes no new requests, waits for those under way up to a bound, and ends what is left with an error that says why. */
  close(graceMs: number): Promise<void>;
}

/** What the server needs. */
export interface HttpServerSettings {
  readonly config: GatewayConfig;
  readonly routes: readonly Route[];
  /** Takes what no route matches; false: it does not know it either. */
  readonly otherwise: (request: IncomingMessage, response: ServerResponse, call: CallContext) => boolean;
  readonly tools: ServiceTools;
  readonly metrics: HttpMetrics;
}

/** Serves the routes over HTTP. */
export async function serveHttp(settings: HttpServerSettings): Promise<HttpServer> {
  const { config } = settings;
  const find = createRouteTable(settings.routes);
  const server = createServer({
    requestTimeout: config.receiveMs,
    headersTimeout: Math.min(config.receiveMs, 30_000),
    connectionsCheckingInterval: Math.min(config.receiveMs, 5_000),
    keepAliveTimeout: 65_000,
  });
  const answers = new OpenAnswers();
  server.on("request", (request, response) => answer(request, response, find, { ...settings, answers }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: config.httpPort, host: config.httpHost, backlog: BACKLOG }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    leave: () => answers.leave(),
    close(graceMs) {
      answers.leave();
      return end(server, answers, graceMs);
    },
  };
}

function end(server: Server, answers: OpenAnswers, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    let last: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      answers.cut(failure(ErrorCode.UNAVAILABLE, "The gateway ends and could not wait for the answer any longer."));
      last = setTimeout(() => server.closeAllConnections(), LINGER_MS);
    }, graceMs);
    // A connection falls idle when its answer ends; nothing else would close it before its keep-alive is over.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_POLL_MS);
    server.close(() => {
      clearTimeout(timer);
      clearTimeout(last);
      clearInterval(idle);
      resolve();
    });
  });
}

interface Answering extends HttpServerSettings {
  readonly answers: OpenAnswers;
}

function answer(request: IncomingMessage, response: ServerResponse, find: ReturnType<typeof createRouteTable>, settings: Answering): void {
  const method = request.method ?? "GET";
  const [path, query] = splitTarget(request.url ?? "/");
  const match = find(method, path);
  const route = match.kind === "found" ? match.route.path : path.startsWith("/fairlead.") ? "connect" : "other";
  const span = traceHttp(settings.tools.tracer, request, method, route);
  const observed = settings.metrics.began(route);
  const leaving = new AbortController();
  settings.answers.add(response, leaving);
  response.once("close", () => {
    if (!response.writableFinished) leaving.abort(failure(ErrorCode.CANCELLED, "The caller went away."));
    const status = response.writableFinished ? response.statusCode : 499;
    span.end(status);
    observed(status);
  });
  const form = match.kind === "found" ? match.route.errors : formOf(path);
  const requestId = nameRequest(request.headers, settings.tools.newId);
  const idHeader = REQUEST_ID_HEADERS[form];
  if (idHeader !== undefined) response.setHeader(idHeader, requestId);
  const refused = (thrown: unknown, status?: number) => refuse(response, thrown, { form, requestId, tools: settings.tools, trace: span.context }, status);
  const call: CallContext = { signal: leaving.signal, deadline: Date.now() + settings.config.maxRequestMs, trace: span.context, metadata: NO_METADATA };
  if (match.kind === "found") {
    const exchange = { request, response, query, parameters: match.parameters, requestId, call };
    match.route.handle(exchange).catch((thrown: unknown) => refused(thrown));
    return;
  }
  if (settings.otherwise(request, response, call)) return;
  if (match.kind === "other_method") {
    response.setHeader("allow", match.allowed.join(", "));
    refused(failure(ErrorCode.NOT_FOUND, `${method} is not taken here; ${match.allowed.join(", ")} is.`), 405);
  } else refused(failure(ErrorCode.NOT_FOUND, "There is nothing at this path."));
}

/** How a failure is told. */
interface Telling {
  readonly form: ErrorForm;
  readonly requestId: string;
  readonly tools: ServiceTools;
  readonly trace: Context;
}

function refuse(response: ServerResponse, thrown: unknown, { form, requestId, tools, trace }: Telling, status?: number): void {
  const answered = toErrorAnswer(thrown, form, requestId);
  if (answered.status === 500) logDefect(tools.logger, thrown, trace, { requestId });
  if (response.destroyed || response.writableEnded) return;
  if (response.headersSent) {
    // Whoever began a stream tells its failure inside it; this is for what broke beyond that.
    response.destroy();
    return;
  }
  // A caller that still sends reads no answer: the rest of its body is taken and dropped, for as long as one may take.
  if (!response.req.complete) response.req.resume();
  // By this id an operator finds the failure in logs and traces.
  respondJson(response, status ?? answered.status, answered.body, { ...answered.headers, "x-fairlead-trace-id": traceIdOf(trace) });
}

function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}

function formOf(path: string): ErrorForm {
  if (path.startsWith("/v1/messages")) return "anthropic";
  return path.startsWith("/v1/") ? "openai" : "native";
}
