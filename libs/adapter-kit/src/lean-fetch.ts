import { ROOT_CONTEXT, type Tracer } from "@opentelemetry/api";
import type { Dispatcher } from "undici";
import { currentExchange, type Exchange } from "./exchange.ts";
import { type HttpSpan, startHttpSpan } from "./http-span.ts";
import { LeanHeaders, plainHeaders } from "./lean-headers.ts";
import { LeanResponse, MAX_ANSWER_BYTES } from "./lean-response.ts";
import { Sending } from "./sending.ts";

/** Bytes of an error's body that are looked at. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Bytes of an answer that wait in memory for a slow reader before the provider is made to wait. */
const MAX_WAITING_BYTES = 16 * 1024;

/** What a lean fetch works with. */
export interface LeanFetchSettings {
  /** Connections to the provider, as `createProviderPool` makes them. */
  readonly dispatcher: Dispatcher;
  /** Makes the HTTP spans. Unset: none are made. */
  readonly tracer?: Tracer;
  /** Sends trace headers along; for servers of one's own only. */
  readonly propagateTrace?: boolean;
  /** Bytes of an answer at most. Unset: 64 MiB. */
  readonly maxAnswerBytes?: number;
}

/**
 * A fetch for the SDKs of providers over `undici.request`, at less than half the cost of the built-in one.
 *
 * It answers with what the SDKs use of a `Response`, follows no redirect and bounds the answer. Within an exchange it
 * notes there what happened, obeys the exchange's signal and its limit for connecting, and throws at any status but 2xx.
 */
export function createLeanFetch(settings: LeanFetchSettings): typeof fetch {
  const leanFetch = (input: string | URL | { readonly url: string }, init?: RequestInit) =>
    send(settings, typeof input === "object" && "url" in input ? input.url : input, init ?? {});
  return leanFetch as unknown as typeof fetch;
}

async function send(settings: LeanFetchSettings, address: string | URL, init: RequestInit): Promise<LeanResponse> {
  const exchange = currentExchange();
  const url = typeof address === "string" ? new URL(address) : address;
  const method = init.method ?? "GET";
  const headers = plainHeaders(init.headers);
  const parent = exchange?.trace ?? ROOT_CONTEXT;
  const span = startHttpSpan(settings.tracer, parent, { method, url }, settings.propagateTrace === true, headers);
  try {
    const response = await request(settings, url, init, headers, exchange, span);
    if (exchange !== undefined) await note(exchange, response);
    return response;
  } catch (error) {
    if (exchange !== undefined && exchange.rejection === undefined) {
      exchange.breakage = error;
      span.failed("connection");
      span.end();
    }
    throw error;
  }
}

async function request(
  settings: LeanFetchSettings,
  url: URL,
  init: RequestInit,
  headers: Record<string, string>,
  exchange: Exchange | undefined,
  span: HttpSpan,
): Promise<LeanResponse> {
  const signal = exchange?.signal ?? init.signal ?? null;
  const sending = new Sending(signal);
  const send = () =>
    settings.dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: (init.method ?? "GET") as Dispatcher.HttpMethod,
      headers,
      body: (init.body ?? null) as string | null,
      signal,
      highWaterMark: MAX_WAITING_BYTES,
      opaque: sending,
    });
  const answer = await sending.result(send, exchange?.connectMs ?? 0, (late) => void late.body.destroy());
  span.answered(answer.statusCode);
  answer.body.once("close", () => span.end());
  return new LeanResponse({
    url: url.href,
    status: answer.statusCode,
    statusText: answer.statusText,
    headers: new LeanHeaders(answer.headers),
    stream: answer.body,
    maxBytes: settings.maxAnswerBytes ?? MAX_ANSWER_BYTES,
  });
}

async function note(exchange: Exchange, response: LeanResponse): Promise<void> {
  if (response.ok) {
    exchange.answer = response;
    return;
  }
  const body = await beginning(response);
  exchange.rejection = { status: response.status, headers: response.headers.values, body };
  throw new Error(`The provider answered with status ${response.status}.`);
}

/** The first bytes of an error's body. The status alone says enough, so no failure to read them counts. */
function beginning(response: LeanResponse): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const finish = () => {
      resolve(Buffer.concat(chunks).toString("utf8", 0, MAX_ERROR_BYTES));
      response.cancel();
    };
    const chunk = (bytes: Buffer) => {
      chunks.push(bytes);
      size += bytes.length;
      if (size >= MAX_ERROR_BYTES) finish();
    };
    response.read({ chunk, end: finish, fail: finish });
  });
}
