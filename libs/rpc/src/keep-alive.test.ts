import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer as createHttp2Server, type Http2Session } from "node:http2";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { keepAlive } from "./keep-alive.ts";

describe("keeping a connection alive", () => {
  const closers: (() => void)[] = [];
  let holdBack: () => void;
  let client: ClientHttp2Session;
  let atServer: Promise<Http2Session>;
  let pinged: number;

  /** A client and a server with a wire between them that can be made to swallow everything. */
  beforeEach(async () => {
    const server = createHttp2Server();
    atServer = once(server, "session").then(([session]) => session as Http2Session);
    pinged = 0;
    server.on("session", (session) => session.on("ping", () => pinged++));
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      stream.write("a");
      setTimeout(() => stream.end("b"), 400);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const sockets: Socket[] = [];
    const wire = createServer((near) => {
      const far = connectTcp((server.address() as AddressInfo).port, "127.0.0.1");
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) sockets.push(socket.on("error", () => undefined));
    });
    await once(wire.listen(0, "127.0.0.1"), "listening");
    holdBack = () => sockets.forEach((socket) => socket.unpipe());
    client = connect(`http://127.0.0.1:${(wire.address() as AddressInfo).port}`);
    client.on("error", () => undefined);
    await once(client, "remoteSettings");
    closers.push(() => client.destroy(), () => wire.close(), () => server.close(), () => sockets.forEach((socket) => socket.destroy()));
  });

  afterEach(() => closers.splice(0).forEach((close) => close()));

  it("pings a peer that answers, and leaves the connection as it is", async () => {
    keepAlive(client, { everyMs: 10, answerMs: 5_000 });
    await once(await atServer, "ping");
    await once(await atServer, "ping");
    expect(client.destroyed).toBe(false);
  });

  it.each(["client", "server"])("cuts the connection at the %s where the peer no longer answers", async (side) => {
    const session = side === "client" ? client : await atServer;
    const closed = once(session, "close");
    holdBack();
    keepAlive(session, { everyMs: 10, answerMs: 20 });
    await closed;
    expect(session.destroyed).toBe(true);
  });

  it.each(["client", "server"])("does not cut at the %s what is under way on a connection that is being left", async (side) => {
    const stream = client.request({ ":path": "/" });
    let body = "";
    stream.setEncoding("utf8").on("data", (text: string) => (body += text));
    const ended = once(stream, "close");
    await once(stream, "response");
    (await atServer).close();
    await once(client, "goaway");
    keepAlive(side === "client" ? client : await atServer, { everyMs: 10, answerMs: 20 });
    await ended;
    expect(body).toBe("ab");
    expect(stream.rstCode).toBe(0);
    expect(pinged).toBe(0);
  });
});
