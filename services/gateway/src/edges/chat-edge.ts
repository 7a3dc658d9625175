import type { IncomingHttpHeaders } from "node:http";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode, type ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import type { GenerateResponse, RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { FieldNames } from "@fairlead/dialects/caller-names";
import type { ChatCall } from "@fairlead/dialects/chat-call";
import type { Parsed } from "@fairlead/dialects/parsed";
import { readRequestHeaders } from "@fairlead/dialects/request-headers";
import { toReportHeaders } from "@fairlead/dialects/report-headers";
import type { RoutingTerms } from "@fairlead/dialects/routing-terms";
import type { Client } from "@fairlead/rpc/call";
import { failure } from "@fairlead/rpc/fairlead-error";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import type { ServiceTools } from "@fairlead/runtime/service";
import { namedDetail } from "../http/error-answers.ts";
import type { Exchange, Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-json.ts";
import { beginEvents, respondJson, writeText } from "../http/respond.ts";
import { callerTerms } from "./caller-terms.ts";
import { keepAlive } from "./keep-alive.ts";

/** What is said of an answer where its provider says nothing. */
export interface EdgeFacts {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

/** Writes a stream in a dialect; each method returns the text to send. */
export interface StreamEncoder {
  encode(deltas: readonly ChatDelta[], report?: RouteReport): string;
  end(report?: RouteReport): string;
  fail(detail: ErrorDetail): string;
}

/** A dialect in which chats are asked for and answered. */
export interface ChatDialect<C extends ChatCall = ChatCall> {
  parse(json: unknown, terms: RoutingTerms): Parsed<C>;
  answer(response: GenerateResponse, facts: EdgeFacts, call: C): unknown;
  encoder(call: C, facts: EdgeFacts): StreamEncoder;
  /** What it calls the fields of the contract. */
  readonly fieldNames: FieldNames;
  /** What is sent into a silent stream, where it is not a comment. */
  readonly ping?: string;
}

/** What an edge needs. */
export interface EdgeTools {
  readonly router: Client<typeof RouterService>;
  readonly maxBodyBytes: number;
  /** Headers that routing rules may look at. */
  readonly routingHeaders: readonly string[];
  /** Milliseconds of silence in a stream after which it is told that it lives; 0: never. */
  readonly keepAliveMs: number;
  readonly tools: ServiceTools;
}

const COMMENT = ": keep-alive\n\n";

/** Answers chats in a dialect, streamed or not. */
export function chatEdge<C extends ChatCall>(dialect: ChatDialect<C>, edge: EdgeTools): Handle {
  return async (exchange) => {
    const call = await readCall(exchange, (json, terms) => dialect.parse(json, terms), edge);
    const facts = { id: call.context.requestId, created: Math.floor(edge.tools.now() / 1000), model: call.chat.model };
    if (call.stream) await answerStream(exchange, call, dialect, facts, edge);
    else await answerWhole(exchange, call, dialect, facts, edge);
  };
}

/**
 * Reads what a caller asks for.
 *
 * @throws FairleadError INVALID_REQUEST that names each field, or BodyRefused
 */
export async function readCall<C extends ChatCall>(
  { request, requestId }: Exchange,
  parse: ChatDialect<C>["parse"],
  edge: Pick<EdgeTools, "maxBodyBytes" | "routingHeaders">,
): Promise<C> {
  const terms = accepted(readRequestHeaders(request.headers));
  const call = accepted(parse(await readJson(request, edge.maxBodyBytes), terms));
  call.context.headers = routingHeaders(request.headers, edge.routingHeaders);
  call.context.requestId ||= requestId;
  return call;
}

/**
 * What was read, or its refusal.
 *
 * @throws FairleadError INVALID_REQUEST that names each field
 */
export function accepted<T>(parsed: Parsed<T>): T {
  if (parsed.kind === "ok") return parsed.value;
  const violations = [...parsed.violations];
  const first = violations[0];
  const message = first === undefined ? "The request cannot be read." : `${first.field}: ${first.description}`;
  throw failure(ErrorCode.INVALID_REQUEST, message, { violations });
}

/** Characters of a header's value that rules look at; a longer one matches nothing. */
const MAX_HEADER = 256;

/** The headers that routing rules may look at. */
export function routingHeaders(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === "string" && value.length <= MAX_HEADER) found[name] = value;
  }
  return found;
}

async function answerWhole<C extends ChatCall>({ response, call }: Exchange, asked: C, dialect: ChatDialect<C>, facts: EdgeFacts, edge: EdgeTools): Promise<void> {
  const { chat, context, policy } = asked;
  const terms = callerTerms(dialect.fieldNames, chat.unknownFields);
  const answer = await terms.telling(edge.router.generate({ chat, context, policy }, call));
  if (answer.report !== undefined) answer.report = terms.report(answer.report);
  if (answer.chat !== undefined) answer.chat.adaptations = terms.adaptations(answer.chat.adaptations);
  respondJson(response, 200, dialect.answer(answer, facts, asked), answer.report === undefined ? {} : toReportHeaders(answer.report));
}

/**
 * The head goes out with the first content or sign of life, so that everything before it can still fail with a status of
 * its own; what fails later is told in the stream.
 */
async function answerStream<C extends ChatCall>({ response, call }: Exchange, asked: C, dialect: ChatDialect<C>, facts: EdgeFacts, edge: EdgeTools): Promise<void> {
  const encoder = dialect.encoder(asked, facts);
  const { chat, context, policy } = asked;
  const terms = callerTerms(dialect.fieldNames, chat.unknownFields);
  let report: RouteReport | undefined;
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    beginEvents(response, headersOf(report, context.requestId, traceIdOf(call.trace)));
  };
  const alive = keepAlive(response, edge.keepAliveMs, () => {
    begin();
    response.write(dialect.ping ?? COMMENT);
  });
  try {
    for await (const message of edge.router.generateStream({ chat, context, policy }, call)) {
      if (message.report !== undefined) report = terms.report(message.report);
      if (message.deltas.length === 0) continue;
      begin();
      const text = encoder.encode(message.deltas, report);
      if (text !== "") alive.sent();
      await writeText(response, text, call.signal);
    }
    begin();
    response.end(encoder.end(report));
  } catch (thrown) {
    const told = terms.error(thrown);
    if (!begun) throw told;
    if (!response.destroyed) response.end(encoder.fail(namedDetail(told, context.requestId)));
  } finally {
    alive.stop();
  }
}

/** What is known of the way when a stream begins; the rest comes with its last event. */
function headersOf(report: RouteReport | undefined, requestId: string, traceId: string): Record<string, string> {
  const known = report === undefined ? {} : toReportHeaders(report);
  const begun = Object.entries(known).filter(([name]) => BEGUN.has(name));
  return { ...Object.fromEntries(begun), "x-fairlead-request-id": requestId, "x-fairlead-trace-id": traceId };
}

const BEGUN: ReadonlySet<string> = new Set(["x-fairlead-strategy", "x-fairlead-confidence"]);
