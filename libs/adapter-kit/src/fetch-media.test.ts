import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { failure, type FairleadError } from "@fairlead/rpc/fairlead-error";
import { fetchMedia, type FetchMediaOptions } from "./fetch-media.ts";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const { signal } = new AbortController();
const field = "chat.messages[0].parts[0].image.url";

async function withServer<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function refusal(url: string, options: Partial<FetchMediaOptions> = {}): Promise<string> {
  const error = await fetchMedia(url, { signal, field, ...options }).then(() => undefined, (thrown: FairleadError) => thrown);
  expect(error).toMatchObject({ code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field }] } });
  return error?.message.slice(field.length + 2) ?? "";
}

const NOT_PUBLIC = "the address leads to a host that is not public";

describe("fetching media", () => {
  it("hands over the bytes and the type that they tell, whatever the server says", () =>
    withServer(
      (request, response) => {
        expect(request.headers).toMatchObject({ "user-agent": "Fairlead", "accept-encoding": "identity" });
        expect(request.headers).not.toHaveProperty("authorization");
        response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(PNG);
      },
      async (url) => {
        const media = await fetchMedia(`${url}/a.jpg?x=1`, { signal, hosts: ["127.0.0.1"] });
        expect(media).toEqual({ bytes: new Uint8Array(PNG), mimeType: "image/png" });
      },
    ));

  it.each([
    ["http://127.0.0.1/"], ["http://127.1/"], ["http://2130706433/"], ["http://0x7f000001/"], ["http://0177.0.0.1/"],
    ["http://[::1]/"], ["http://[::ffff:127.0.0.1]/"], ["http://[::ffff:7f00:1]/"], ["http://169.254.169.254/latest/meta-data"],
    ["http://0.0.0.0/"], ["https://10.1.2.3/"], ["https://[fe80::1]/"], ["https://[fd00:ec2::254]/"], ["http://127.0.0.1./"],
    ["http://①②⑦.0.0.1/"],
  ])("refuses %s without connecting", async (url) => {
    expect(await refusal(url)).toBe(NOT_PUBLIC);
  });

  it.each([["http://localhost/"]])("refuses the name in %s once it is resolved", async (url) => {
    expect(await refusal(url)).toBe(NOT_PUBLIC);
  });

  it.each([
    ["ftp://example.com/a", "the address is neither https nor http"],
    ["file:///etc/passwd", "the address is neither https nor http"],
    ["http://user:secret@example.com/", "the address holds a user or a password"],
    ["https://example.com:8443/", "the address has a port other than 80 and 443"],
    ["nonsense", "the address is not a URL"],
    [`https://example.com/${"a".repeat(9_000)}`, "the address is not a URL"],
  ])("refuses %.40s", async (url, reason) => {
    expect(await refusal(url)).toBe(reason);
  });

  it("checks anew where a redirect leads, and follows three", () =>
    withServer(
      (request, response) => {
        const [, kind, count] = /^\/(\w+)\/?(\d*)$/.exec(request.url ?? "") ?? [];
        if (kind === "hop" && count !== "0") response.writeHead(302, { location: `/hop/${Number(count) - 1}` }).end();
        else if (kind === "private") response.writeHead(307, { location: "http://169.254.169.254/" }).end();
        else if (kind === "port") response.writeHead(301, { location: "http://example.com:22/" }).end();
        else if (kind === "scheme") response.writeHead(301, { location: "file:///etc/passwd" }).end();
        else if (kind === "nowhere") response.writeHead(301).end();
        else response.end(PNG);
      },
      async (url) => {
        const hosts = ["127.0.0.0/8"];
        expect((await fetchMedia(`${url}/hop/3`, { signal, hosts })).mimeType).toBe("image/png");
        expect(await refusal(`${url}/hop/4`, { hosts })).toBe("the address leads on more than 3 times");
        expect(await refusal(`${url}/private`, { hosts })).toBe(NOT_PUBLIC);
        expect(await refusal(`${url}/port`, { hosts })).toBe("the address has a port other than 80 and 443");
        expect(await refusal(`${url}/scheme`, { hosts })).toBe("the address is neither https nor http");
        expect(await refusal(`${url}/nowhere`, { hosts })).toBe("the address leads nowhere");
      },
    ));

  it("reaches a host by its listed name and by no other name of the same address", () =>
    withServer(
      (_request, response) => response.end(PNG),
      async (url) => {
        const { port } = new URL(url);
        expect((await fetchMedia(`http://localhost:${port}/`, { signal, hosts: ["localhost"] })).bytes).toHaveLength(PNG.length);
        expect(await refusal(`http://127.0.0.1:${port}/`, { hosts: ["localhost", "*.example.com"] })).toBe("the address has a port other than 80 and 443");
      },
    ));

  it("bounds the bytes, told or not", () =>
    withServer(
      (request, response) => {
        if (request.url === "/told") response.writeHead(200, { "content-length": "1001" });
        const more = () => {
          while (response.writable && response.write(PNG));
        };
        response.on("drain", more).on("error", () => undefined);
        if (request.url === "/full") response.end(Buffer.concat([PNG, Buffer.alloc(1_000 - PNG.length)]));
        else more();
      },
      async (url) => {
        const options = { hosts: ["127.0.0.1"], maxBytes: 1_000 };
        expect((await fetchMedia(`${url}/full`, { signal, ...options })).bytes).toHaveLength(1_000);
        expect(await refusal(`${url}/told`, options)).toBe("what is found at the address is longer than 1000 bytes");
        expect(await refusal(`${url}/endless`, options)).toBe("what is found at the address is longer than 1000 bytes");
      },
    ));

  it.each<[string, RequestListener, string]>([
    ["a page where an image was promised", (_, to) => to.writeHead(200, { "content-type": "image/png" }).end("<html>"), "what is found at the address is no image/png"],
    ["nothing", (_, to) => to.end(), "nothing is found at the address"],
    ["a failure", (_, to) => to.writeHead(404).end("no"), "the address answered with status 404"],
    ["compressed bytes", (_, to) => to.writeHead(200, { "content-encoding": "gzip" }).end("x"), "the address answers compressed"],
    ["a cut body", (_, to) => void to.writeHead(200, { "content-length": "50" }).write(PNG, () => to.destroy()), "the address cannot be reached"],
    ["silence", () => undefined, "the address did not answer within 150 ms"],
    ["a byte and silence", (_, to) => void to.write("a"), "the address did not answer within 150 ms"],
  ])("refuses %s", (_what, listener, reason) =>
    withServer(listener, async (url) => {
      expect(await refusal(`${url}/secret-path`, { hosts: ["127.0.0.1"], maxMilliseconds: 150 })).toBe(reason);
    }),
  );

  it("ends with the reason that its call was aborted with", () =>
    withServer(
      () => undefined,
      async (url) => {
        const aborting = new AbortController();
        const fetching = fetchMedia(url, { signal: aborting.signal, hosts: ["127.0.0.1"] });
        aborting.abort(failure(ErrorCode.TIMEOUT, "The deadline passed."));
        await expect(fetching).rejects.toMatchObject({ code: ErrorCode.TIMEOUT });
      },
    ));
});
