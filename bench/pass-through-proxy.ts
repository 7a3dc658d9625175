import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request as send } from "undici";

// The least that stands between a caller and a provider: what Fairlead adds is held against this.

const target = process.env["BENCH_TARGET"] ?? "";
const dispatcher = new Agent({ connections: 512, pipelining: 1 });
const BACKLOG = 8_192;
const HOP_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "host"]);

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const headers = endToEnd(request.headers);
  const leaving = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) leaving.abort();
  });
  send(`${target}${request.url}`, { method: "POST", headers, body: request, dispatcher, signal: leaving.signal })
    .then((answer) => {
      response.writeHead(answer.statusCode, endToEnd(answer.headers));
      answer.body.once("error", () => response.destroy());
      answer.body.pipe(response);
    })
    .catch(() => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
});

function endToEnd(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_HEADERS.has(name)) kept[name] = value;
  }
  return kept;
}

server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () => {
  process.stdout.write(`proxy listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
process.once("SIGINT", () => process.exit(0));
