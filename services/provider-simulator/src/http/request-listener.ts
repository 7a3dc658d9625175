import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { spoil, statusReply } from "../faults/apply-fault.ts";
import type { FaultList, StruckRequest } from "../faults/fault-list.ts";
import { isObject, type JsonObject, textOf } from "../json.ts";
import { Refusal, refusalOfStatus } from "../refusal.ts";
import { markOf } from "../requests/key-mark.ts";
import type { RequestEntry, RequestLog } from "../requests/request-log.ts";
import type { Operation, Wire } from "../wire.ts";
import { playScript } from "./play-script.ts";
import { readBody } from "./read-body.ts";
import type { Reply } from "./reply.ts";
import { type Script, scriptOf } from "./script.ts";

export interface ListenerParts {
  readonly wires: readonly Wire[];
  readonly faults: FaultList;
  readonly log: RequestLog;
  readonly nextId: () => string;
  readonly maxBodyBytes: number;
  /** Answers everything that belongs to no wire. */
  readonly elsewhere: (request: IncomingMessage, response: ServerResponse) => void;
}

/** One request on its way through a wire. */
interface Exchange {
  readonly wire: Wire;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: RequestEntry;
  readonly requestId: string;
  readonly path: string;
  readonly query: string;
  /** The name in the path, else the mark of the key. */
  readonly deployment: string;
}

/** The beginning of a path that names a deployment; the rest is as without it. */
const DEPLOYED = /^\/d\/([A-Za-z0-9_.-]{1,128})(?=\/)/;

const NO_BODY: JsonObject = {};

/** Makes the listener of the HTTP server: finds the wire of a request, lets faults strike, and plays the answer. */
export function createRequestListener(
  parts: ListenerParts,
): (request: IncomingMessage, response: ServerResponse) => void {
  const byPrefix = new Map(parts.wires.map((wire) => [wire.prefix, wire]));
  return (request, response) => {
    const whole = request.url as string;
    const [prefix = "", deployment = ""] = whole.startsWith("/d/") ? (DEPLOYED.exec(whole) ?? []) : [];
    const url = whole.slice(prefix.length);
    const slash = url.indexOf("/", 1);
    const wire = slash < 0 ? undefined : byPrefix.get(url.slice(0, slash));
    if (wire === undefined) return parts.elsewhere(request, response);
    const exchange = open(parts, wire, request, response, { rest: url.slice(slash), deployment });
    readBody(request, parts.maxBodyBytes, (body) => answerSafely(parts, exchange, body));
  };
}

function open(
  parts: ListenerParts,
  wire: Wire,
  request: IncomingMessage,
  response: ServerResponse,
  { rest, deployment }: { readonly rest: string; readonly deployment: string },
): Exchange {
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? "" : rest.slice(mark + 1);
  const { provider } = wire;
  const method = request.method as string;
  const keyMark = markOf(request.headers, query);
  const traceparent = textOf(request.headers["traceparent"]);
  const entry = parts.log.begin({ provider, method, path, deployment, keyMark, traceparent });
  response.once("close", () => {
    const endedHere = entry.outcome.startsWith("fault:");
    parts.log.end(entry, response.writableFinished || endedHere);
  });
  return { wire, request, response, entry, requestId: parts.nextId(), path, query, deployment: deployment || keyMark };
}

/** A request on which the simulator itself fails, such as JSON nested too deep, must not take the process along. */
function answerSafely(parts: ListenerParts, exchange: Exchange, bytes: Buffer | undefined): void {
  try {
    answer(parts, exchange, bytes);
  } catch {
    const { wire, response, requestId } = exchange;
    if (response.headersSent) response.destroy();
    else play(exchange, scriptOf(wire.refuse(refusalOfStatus(500), requestId)));
  }
}

function answer(parts: ListenerParts, exchange: Exchange, bytes: Buffer | undefined): void {
  const { wire, request, entry } = exchange;
  if (bytes !== undefined) parts.log.received(entry, bytes);
  const operation = wire.operation(request.method as string, exchange.path);
  const body = parseBody(exchange, bytes);
  entry.model = (operation?.model ?? (body instanceof Refusal ? undefined : textOf(body["model"])))?.slice(0, 200);
  const fault = parts.faults.size === 0 ? undefined : parts.faults.strike(struck(exchange, operation));
  if (fault === undefined) return play(exchange, scriptOf(replyTo(exchange, operation, body)));
  entry.fault = fault.kind;
  const refuse = (refusal: Refusal) => wire.refuse(refusal, exchange.requestId);
  if (fault.kind === "hang") return;
  if (fault.kind === "reset") return reset(exchange);
  if (fault.kind === "status") return play(exchange, scriptOf(statusReply(fault, refuse, wire.provider, Date.now())));
  play(exchange, spoil(replyTo(exchange, operation, body), fault, refuse));
}

function struck({ wire, entry, deployment }: Exchange, operation: Operation | undefined): StruckRequest {
  const { model } = entry;
  const models = model === undefined ? [] : [model, wire.models.find(model)?.id];
  return { provider: wire.provider, models, deployment, probe: operation?.probe === true };
}

function parseBody(exchange: Exchange, bytes: Buffer | undefined): JsonObject | Refusal {
  if (bytes === undefined) return new Refusal("too_large", "Request exceeds the maximum size");
  if (bytes.length === 0 && exchange.request.method === "GET") return NO_BODY;
  if (!isUtf8(bytes)) return new Refusal("invalid", "The body of the request is not valid UTF-8.");
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    return isObject(body) ? body : new Refusal("invalid", "The body of the request must be a JSON object.");
  } catch {
    return new Refusal("invalid", "We could not parse the JSON body of your request.");
  }
}

function replyTo(exchange: Exchange, operation: Operation | undefined, body: JsonObject | Refusal): Reply {
  const { wire, request, query, requestId, entry } = exchange;
  const reply = wire.admit(request.headers, query) ?? operate(exchange, operation, body);
  if (reply instanceof Refusal) return wire.refuse(reply, requestId);
  entry.stream = reply.kind === "stream";
  return reply;
}

function operate(exchange: Exchange, operation: Operation | undefined, body: JsonObject | Refusal): Reply | Refusal {
  const { request, path, query, deployment } = exchange;
  if (operation === undefined) return new Refusal("not_found", `Invalid URL (${request.method} ${path.slice(0, 200)})`);
  return body instanceof Refusal ? body : operation.answer({ headers: request.headers, path, query, body, deployment });
}

function play(exchange: Exchange, script: Script): void {
  const { wire, response, entry, requestId } = exchange;
  entry.status = script.status;
  playScript(response, script, wire.headers(requestId), {
    wrote: (bytes) => void (entry.bytesSent += bytes),
    cut: () => void (entry.outcome = "fault:cut"),
  });
}

function reset(exchange: Exchange): void {
  exchange.entry.outcome = "fault:reset";
  exchange.request.socket.resetAndDestroy();
}
