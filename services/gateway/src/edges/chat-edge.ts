import type { IncomingHttpHeaders } from "node:http";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode, type ErrorDetail } from "@fairlead/contracts/errors/v1/error";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import type { GenerateResponse, RouterService } from "@fairlead/contracts/routing/v1/router_service";
import type { ChatCall } from "@fairlead/dialects/chat-call";
import type { Parsed } from "@fairlead/dialects/parsed";
import { readRequestHeaders } from "@fairlead/dialects/request-headers";
import { toReportHeaders } from "@fairlead/dialects/report-headers";
import type { RoutingTerms } from "@fairlead/dialects/routing-terms";
import type { Client } from "@fairlead/rpc/call";
import { asFairleadError, failure } from "@fairlead/rpc/fairlead-error";
import { traceIdOf } from "@fairlead/runtime/trace-identity";
import type { ServiceTools } from "@fairlead/runtime/service";
import type { Exchange, Handle } from "../http/exchange.ts";
import { readJson } from "../http/read-json.ts";
import { beginEvents, respondJson, writeText } from "../http/respond.ts";

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
export interface ChatDialect {
  parse(json: unknown, terms: RoutingTerms): Parsed<ChatCall>;
  answer(response: GenerateResponse, facts: EdgeFacts): unknown;
  encoder(call: ChatCall, facts: EdgeFacts): StreamEncoder;
}

/** What an edge needs. */
export interface EdgeTools {
  readonly router: Client<typeof RouterService>;
  readonly maxBodyBytes: number;
  /** Headers that routing rules may look at. */
  readonly routingHeaders: readonly string[];
  readonly tools: ServiceTools;
}

/** Answers chats in a dialect, streamed or not. */
export function chatEdge(dialect: ChatDialect, edge: EdgeTools): Handle {
  return async (exchange) => {
    const terms = accepted(readRequestHeaders(exchange.request.headers));
    const json = await readJson(exchange.request, edge.maxBodyBytes);
    const call = accepted(dialect.parse(json, terms));
    call.context.headers = routingHeaders(exchange.request.headers, edge.routingHeaders);
    if (call.context.requestId === "") call.context.requestId = edge.tools.newId();
    const facts = { id: call.context.requestId, created: Math.floor(edge.tools.now() / 1000), model: call.chat.model };
    if (call.stream) await answerStream(exchange, call, dialect.encoder(call, facts), edge);
    else await answerWhole(exchange, call, dialect, facts, edge);
  };
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

async function answerWhole({ response, call }: Exchange, asked: ChatCall, dialect: ChatDialect, facts: EdgeFacts, edge: EdgeTools): Promise<void> {
  const { chat, context, policy } = asked;
  const answer = await edge.router.generate({ chat, context, policy }, call);
  respondJson(response, 200, dialect.answer(answer, facts), answer.report === undefined ? {} : toReportHeaders(answer.report));
}

/** The head goes out with the first content, so that everything before it can still fail with a status of its own. */
async function answerStream({ response, call }: Exchange, asked: ChatCall, encoder: StreamEncoder, edge: EdgeTools): Promise<void> {
  const { chat, context, policy } = asked;
  let report: RouteReport | undefined;
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    beginEvents(response, headersOf(report, context.requestId, traceIdOf(call.trace)));
  };
  try {
    for await (const message of edge.router.generateStream({ chat, context, policy }, call)) {
      report = message.report ?? report;
      if (message.deltas.length === 0) continue;
      begin();
      await writeText(response, encoder.encode(message.deltas, report), call.signal);
    }
    begin();
    response.end(encoder.end(report));
  } catch (thrown) {
    if (!begun) throw thrown;
    if (!call.signal.aborted) response.end(encoder.fail(asFairleadError(thrown).detail));
  }
}

/** What is known of the way when a stream begins; the rest comes with its last event. */
function headersOf(report: RouteReport | undefined, requestId: string, traceId: string): Record<string, string> {
  const known = report === undefined ? {} : toReportHeaders(report);
  const begun = Object.entries(known).filter(([name]) => BEGUN.has(name));
  return { ...Object.fromEntries(begun), "x-fairlead-request-id": requestId, "x-fairlead-trace-id": traceId };
}

const BEGUN: ReadonlySet<string> = new Set(["x-request-id", "x-fairlead-strategy", "x-fairlead-confidence"]);
