import { ROOT_CONTEXT, type Tracer } from "@opentelemetry/api";
import type { Dispatcher } from "undici";
import { currentExchange, type Exchange } from "./exchange.ts";
import { type HttpSpan, startHttpSpan } from "./http-span.ts";
import type { ProviderKeys } from "./keys/open-keys.ts";
import { LeanHeaders, plainHeaders } from "./lean-headers.ts";
import { LeanResponse, MAX_ANSWER_BYTES } from "./lean-response.ts";
import { malformedAnswer } from "./malformed.ts";
import { rejectionFailure } from "./provider-failure.ts";
import { Sending } from "./sending.ts";

/** Bytes of an error's body that are looked at. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Bytes of an answer that wait in memory for a slow reader before the provider is made to wait. */
const MAX_WAITING_BYTES = 16 * 1024;

/** What a lean fetch works with. */
export interface LeanFetchSettings {
  /** Connections to the provider, as `createProviderPool` makes them. */
  readonly dispatcher: Dispatcher;
  /** Keys that take the place of their placeholders. Unset: requests go out as the SDK wrote them. */
  readonly keys?: Pick<ProviderKeys, "usedBy">;
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

/** A request as it goes out. */
interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

async function send(settings: LeanFetchSettings, address: string | URL, init: RequestInit): Promise<LeanResponse> {
  const exchange = currentExchange();
  const outgoing: Outgoing = {
    url: typeof address === "string" ? new URL(address) : address,
    method: init.method ?? "GET",
    // A compressed answer could be many times as long as what arrives of it.
    headers: { ...plainHeaders(init.headers), "accept-encoding": "identity" },
    body: (init.body ?? null) as string | null,
  };
  if (exchange === undefined) return attempt(settings, withFirstKey(settings, outgoing), init.signal ?? null, undefined);
  try {
    return await sendWithin(exchange, settings, outgoing);
  } catch (error) {
    if (exchange.rejection === undefined) exchange.breakage = error;
    throw error;
  }
}

/** Whoever reads the answer by themselves judges no key by it. */
function withFirstKey({ keys }: LeanFetchSettings, outgoing: Outgoing): Outgoing {
  const used = keys?.usedBy(outgoing);
  return used === undefined ? outgoing : used.fill(outgoing, used.keys.begin("").key());
}

/** Sends the request, with one key after the other where the provider refuses some, and notes what came of it. */
async function sendWithin(exchange: Exchange, settings: LeanFetchSettings, outgoing: Outgoing): Promise<LeanResponse> {
  const used = settings.keys?.usedBy(outgoing);
  const call = used?.keys.begin(exchange.model);
  for (;;) {
    const keyed = used === undefined || call === undefined ? outgoing : used.fill(outgoing, call.key());
    const response = await attempt(settings, keyed, exchange.signal, exchange);
    if (response.ok) {
      call?.accepted();
      if (isCompressed(response)) throw compressedAnswer(response);
      exchange.answer = response;
      return response;
    }
    const rejection = { status: response.status, headers: response.headers.values, body: await beginning(response) };
    if (call?.refused(response.status, rejectionFailure(rejection, exchange.now())) === true) continue;
    exchange.rejection = rejection;
    throw new Error(`The provider answered with status ${response.status}.`);
  }
}

function isCompressed({ headers }: LeanResponse): boolean {
  const encoding = headers.get("content-encoding");
  return encoding !== null && encoding !== "" && encoding.toLowerCase() !== "identity";
}

function compressedAnswer(response: LeanResponse): Error {
  response.cancel();
  return malformedAnswer("The provider's answer is compressed, which was not asked for.");
}

async function attempt(settings: LeanFetchSettings, outgoing: Outgoing, signal: AbortSignal | null, exchange: Exchange | undefined): Promise<LeanResponse> {
  const headers = { ...outgoing.headers };
  const parent = exchange?.trace ?? ROOT_CONTEXT;
  const span = startHttpSpan(settings.tracer, parent, outgoing, settings.propagateTrace === true, headers);
  try {
    return await request(settings, { ...outgoing, headers }, signal, exchange?.connectMs ?? 0, span);
  } catch (error) {
    span.failed("connection");
    span.end();
    throw error;
  }
}

async function request(
  settings: LeanFetchSettings,
  { url, method, headers, body }: Outgoing,
  signal: AbortSignal | null,
  connectMs: number,
  span: HttpSpan,
): Promise<LeanResponse> {
  const sending = new Sending(signal);
  const send = () =>
    settings.dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: method as Dispatcher.HttpMethod,
      headers,
      body,
      signal,
      highWaterMark: MAX_WAITING_BYTES,
      opaque: sending,
    });
  const answer = await sending.result(send, connectMs, (late) => void late.body.destroy());
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
