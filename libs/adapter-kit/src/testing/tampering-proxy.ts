import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";

/** What a proxy makes of the body of an answer. */
export type Tamper = (body: string) => string | Uint8Array;

/** A proxy that changes the answers of a provider. */
export interface TamperingProxy extends AsyncDisposable {
  /** The provider's address at the proxy. */
  readonly baseUrl: string;
  tamper: Tamper;
}

/** Starts a proxy before a provider; at first it changes nothing. */
export async function serveTampered(target: string): Promise<TamperingProxy> {
  const provider = new URL(target);
  const proxy = { tamper: (body: string): string | Uint8Array => body };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing, provider.origin, (body) => proxy.tamper(body)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(proxy, {
    baseUrl: `${address}${provider.pathname}`.replace(/\/$/, ""),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function pass(incoming: IncomingMessage, outgoing: ServerResponse, origin: string, tamper: Tamper): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { host: _host, connection: _connection, "transfer-encoding": _encoding, ...headers } = incoming.headers;
  const method = incoming.method as "GET" | "POST";
  const answer = await request(`${origin}${incoming.url}`, { method, headers, body: method === "GET" ? null : Buffer.concat(chunks) });
  const body = tamper(await answer.body.text());
  outgoing.writeHead(answer.statusCode, { "content-type": String(answer.headers["content-type"]) });
  outgoing.end(body);
}

/** Changes every member of the JSON in a body: a whole answer, server-sent events, or lines. */
export function mapMembers(body: string, change: (key: string, value: unknown) => unknown): string {
  const whole = mapText(body, change);
  if (whole !== undefined) return whole;
  return body.replace(/^(data: ?)?([[{].*)$/gm, (line, prefix: string | undefined, text: string) => {
    const mapped = mapText(text, change);
    return mapped === undefined ? line : `${prefix ?? ""}${mapped}`;
  });
}

/** The events or lines of a streamed body, with what ends each. */
export function framesOf(body: string): string[] {
  const events = /^(event|data):/m.test(body);
  return body.split(events ? /(?<=\n\n|\r\n\r\n)/ : /(?<=\n)/).filter((frame) => frame.trim() !== "");
}

function mapText(text: string, change: (key: string, value: unknown) => unknown): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text, change));
  } catch {
    return undefined;
  }
}
