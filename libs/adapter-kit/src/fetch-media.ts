import { abortError, boundSignal } from "@fairlead/rpc/deadline";
import { FairleadError, invalidField } from "@fairlead/rpc/fairlead-error";
import { guardedLookup, RefusedAddressError } from "@fairlead/runtime/guarded-lookup";
import { Agent, type Dispatcher } from "undici";
import { type MediaHosts, toMediaHosts } from "./media-hosts.ts";
import { knownMediaType } from "./media-type.ts";

const MAX_BYTES = 20 * 1024 * 1024;
const MAX_MILLISECONDS = 10_000;
const MAX_REDIRECTS = 3;
const MAX_ADDRESS_CHARACTERS = 8_192;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Ports of hosts that are not listed; empty is the scheme's own. */
const PORTS: ReadonlySet<string> = new Set(["", "80", "443"]);
/** Types whose bytes always tell them: bytes that do not are something else, such as a page that asks to log in. */
const RECOGNISABLE: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"]);
const HEADERS = { "user-agent": "Fairlead", accept: "*/*", "accept-encoding": "identity" } as const;

/** How media is fetched. */
export interface FetchMediaOptions {
  /** Of the call; ends the fetching with its reason. */
  readonly signal: AbortSignal;
  /** Bytes at most. Unset: 20 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds for all of it, redirects included. Unset: 10 seconds. */
  readonly maxMilliseconds?: number;
  /** Path of the field that holds the address, named in errors. Unset: url. */
  readonly field?: string;
  /** Hosts of one's own that may have private addresses and any port, as `mediaHosts` of the configuration lists them. */
  readonly hosts?: readonly string[];
}

/** Media that was fetched. */
export interface FetchedMedia {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By what the bytes begin with, else as the server said; empty where neither tells. */
  readonly mimeType: string;
}

/**
 * Fetches media that a request names by address, for providers that take none.
 *
 * Only public hosts are reached, at port 80 or 443: the address that is connected to is checked after its name was resolved,
 * anew at each of up to three redirects. No credentials are sent.
 *
 * @throws FairleadError INVALID_REQUEST that names the field and never the address; what the call was aborted with
 */
export async function fetchMedia(url: string, options: FetchMediaOptions): Promise<FetchedMedia> {
  const { signal, maxBytes = MAX_BYTES, maxMilliseconds = MAX_MILLISECONDS, field = "url" } = options;
  const refuse: Refuse = (reason) => invalidField(field, reason);
  const hosts = toMediaHosts(options.hosts ?? []);
  using bound = boundSignal(signal, Date.now() + maxMilliseconds);
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    maxHeaderSize: 16_384,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: maxMilliseconds, lookup: guardedLookup(hosts.mayConnect) },
  });
  // Requests heed a signal only once they are connected, so all are ended with their agent.
  const end = () => void agent.destroy(new Error("aborted"));
  bound.signal.addEventListener("abort", end, { once: true });
  try {
    if (signal.aborted) throw abortError(signal);
    const answer = await follow(url, agent, hosts, refuse);
    return await readMedia(answer, maxBytes, refuse);
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    if (error instanceof FairleadError) throw error;
    if (error instanceof RefusedAddressError) throw refuse(PRIVATE_HOST);
    throw refuse(bound.signal.aborted ? `the address did not answer within ${maxMilliseconds} ms` : "the address cannot be reached");
  } finally {
    bound.signal.removeEventListener("abort", end);
    end();
  }
}

type Refuse = (reason: string) => FairleadError;

const PRIVATE_HOST = "the address leads to a host that is not public";

async function follow(address: string, agent: Agent, hosts: MediaHosts, refuse: Refuse): Promise<Dispatcher.ResponseData> {
  let url = checked(address, undefined, hosts, refuse);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await agent.request({ origin: url.origin, path: url.pathname + url.search, method: "GET", headers: HEADERS });
    const { location } = answer.headers;
    if (answer.statusCode === 200) return answer;
    if (!REDIRECTS.has(answer.statusCode)) throw refuse(`the address answered with status ${answer.statusCode}`);
    if (typeof location !== "string") throw refuse("the address leads nowhere");
    answer.body.on("error", () => undefined).destroy();
    url = checked(location, url, hosts, refuse);
  }
  throw refuse(`the address leads on more than ${MAX_REDIRECTS} times`);
}

/** Names are checked again once they are resolved; an address in numbers never is, so it is checked here. */
function checked(address: string, base: URL | undefined, hosts: MediaHosts, refuse: Refuse): URL {
  const url = address.length > MAX_ADDRESS_CHARACTERS ? null : URL.parse(address, base?.href);
  if (url === null) throw refuse("the address is not a URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse("the address is neither https nor http");
  if (url.username !== "" || url.password !== "") throw refuse("the address holds a user or a password");
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (hosts.lists(host)) return url;
  if (!PORTS.has(url.port)) throw refuse("the address has a port other than 80 and 443");
  if (!hosts.mayConnect(host, host)) throw refuse(PRIVATE_HOST);
  return url;
}

async function readMedia(answer: Dispatcher.ResponseData, maxBytes: number, refuse: Refuse): Promise<FetchedMedia> {
  const { headers, body } = answer;
  const tooLong = () => refuse(`what is found at the address is longer than ${maxBytes} bytes`);
  if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity") throw refuse("the address answers compressed");
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong();
    chunks.push(chunk);
  }
  if (size === 0) throw refuse("nothing is found at the address");
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { bytes, mimeType: typeOf(bytes, headers, refuse) };
}

function typeOf(bytes: Uint8Array, headers: Dispatcher.ResponseData["headers"], refuse: Refuse): string {
  const said = String(headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const known = knownMediaType(bytes);
  if (known === undefined && RECOGNISABLE.has(said)) throw refuse(`what is found at the address is no ${said}`);
  return known ?? said;
}
