import { create } from "@bufbuild/protobuf";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { type GenerateRequest, GenerateResponseSchema, GenerateStreamResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { httpStatus } from "@fairlead/dialects/http-status";
import { failure } from "@fairlead/rpc/fairlead-error";
import { startGateway } from "../../test/start-gateway.ts";

interface Dialect {
  readonly name: string;
  readonly path: string;
  readonly body: object;
  readonly requestId: string;
  readonly sign: string;
  /** The error in a stream. */
  readonly failed: RegExp;
  /** Statuses that differ from what other dialects say. */
  readonly statuses?: ReadonlyMap<ErrorCode, number>;
}

const messages = [{ role: "user", content: "Hi." }];
const DIALECTS: readonly Dialect[] = [
  { name: "chat completions", path: "/v1/chat/completions", body: { messages }, requestId: "x-request-id", sign: ": keep-alive\n\n", failed: /^data: \{"error":\{/m },
  { name: "responses", path: "/v1/responses", body: { input: "Hi." }, requestId: "x-request-id", sign: ": keep-alive\n\n", failed: /^event: error\ndata: \{"type":"error"/m },
  {
    name: "messages",
    path: "/v1/messages",
    body: { messages, max_tokens: 5 },
    requestId: "request-id",
    sign: 'event: ping\ndata: {"type":"ping"}\n\n',
    failed: /^event: error\ndata: \{"type":"error"/m,
    statuses: new Map([[ErrorCode.OVERLOADED, 529]]),
  },
];

let gateway: Awaited<ReturnType<typeof startGateway>>;
let asked: GenerateRequest[];
/** What of the request could not be said. */
let told: { field: string; kind: number; detail: string }[];
/** What the router does before it says more. */
let wait: (said: number) => Promise<void>;

const text = (value: string) => create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "text", value } }] });

beforeEach(async () => {
  [asked, told] = [[], []];
  wait = () => Promise.resolve();
  gateway = await startGateway(
    {
      async generate(request) {
        asked.push(request);
        await wait(0);
        const report = { requestId: request.context?.requestId ?? "", adaptations: told };
        return create(GenerateResponseSchema, { chat: { choices: [{ finishReason: FinishReason.STOP }] }, report });
      },
      async *generateStream() {
        await wait(0);
        yield text("Hi");
        await wait(1);
        yield create(GenerateStreamResponseSchema, { deltas: [{ step: { case: "finished", value: { reason: FinishReason.STOP } } }] });
      },
    },
    { FAIRLEAD_KEEP_ALIVE_MS: "20", FAIRLEAD_MAX_BODY_BYTES: "4096" },
  );
});

afterEach(() => gateway.close());

/** Takes a stream until what was said holds a text, and goes on then. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, sought: string): Promise<string> {
  const decoder = new TextDecoder();
  for (let read = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`never said: ${read}`);
    read += decoder.decode(value, { stream: true });
    if (read.includes(sought)) return read;
  }
}

async function readRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let read = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) read += new TextDecoder().decode(next.value);
  return read;
}

function readerOf(answer: Response) {
  if (answer.body === null) throw new Error("no body");
  return answer.body.getReader();
}

describe.each(DIALECTS)("the edge for $name", ({ path, body, requestId, sign, failed, statuses }) => {
  const ask = (more: object = {}, headers: Record<string, string> = {}) => gateway.post(path, { model: "auto", ...body, ...more }, headers);

  it("says that it lives while nothing comes, before the first word and between words", async () => {
    const released: (() => void)[] = [];
    wait = (said) => new Promise((resolve) => (released[said] = resolve));
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(200);
    const reader = readerOf(answer);
    await readUntil(reader, sign + sign);
    released[0]?.();
    await readUntil(reader, "Hi");
    await readUntil(reader, sign);
    released[1]?.();
    expect(await readRest(reader)).not.toMatch(failed);
  });

  it("tells a failure inside the stream once it said that it lives", async () => {
    let fail = () => {};
    wait = () => new Promise((_, reject) => (fail = () => reject(failure(ErrorCode.OVERLOADED, "Too much to do."))));
    const answer = await ask({ stream: true });
    const reader = readerOf(answer);
    await readUntil(reader, sign);
    fail();
    const rest = await readRest(reader);
    expect(rest).toMatch(failed);
    expect(rest).toContain("Too much to do.");
    expect(rest).not.toContain("[DONE]");
  });

  it("tells a failure by its status while nothing was said", async () => {
    wait = () => Promise.reject(failure(ErrorCode.RATE_LIMITED, "Slow down.", { retryAfterMs: 1_200 }));
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(429);
    expect([answer.headers.get("retry-after"), answer.headers.get("retry-after-ms")]).toEqual(["2", "1200"]);
  });

  it.each(Object.values(ErrorCode).filter((code): code is ErrorCode => typeof code === "number" && code !== ErrorCode.UNSPECIFIED))(
    "has a status and a form for error %i, whole and streamed",
    async (code) => {
      wait = () => Promise.reject(failure(code, "It failed.", { violations: [{ field: "chat.model", description: "is odd", rule: "r" }] }));
      for (const stream of [false, true]) {
        const answer = await ask({ stream });
        const { error } = (await answer.json()) as { error: { type: string; message: string; fairlead: { code: string } } };
        expect([answer.status, error.message, error.fairlead.code]).toEqual([statuses?.get(code) ?? httpStatus(code), "It failed.", ErrorCode[code]?.toLowerCase()]);
        expect(error.type).toMatch(/^[a-z_]+$/);
      }
    },
  );

  it("names every request, with the caller's own name where there is one", async () => {
    const named = await ask({}, { "x-fairlead-request-id": "mine-1" });
    expect([named.headers.get(requestId), asked[0]?.context?.requestId]).toEqual(["mine-1", "mine-1"]);
    const unnamed = await ask();
    expect(unnamed.headers.get(requestId)).toBe(asked[1]?.context?.requestId);
    const refused = await ask({ model: 7 });
    expect(refused.status).toBe(400);
    const name = refused.headers.get(requestId) ?? "";
    expect(name).not.toBe("");
    expect(await refused.text()).toContain(`"request_id":"${name}"`);
  });

  it("names what could not be said as the caller does", async () => {
    const violations = [{ field: "chat.unknown_fields[0]", description: "is not taken", rule: "r" }];
    wait = () => Promise.reject(failure(ErrorCode.INVALID_REQUEST, "chat.unknown_fields[0]: is not taken", { violations }));
    for (const stream of [false, true]) {
      const answer = await ask({ stream, its_own: 1 });
      const { error } = (await answer.json()) as { error: { message: string; fairlead: { violations: object[] } } };
      expect(error).toMatchObject({ message: "its_own: is not taken", fairlead: { violations: [{ field: "its_own" }] } });
    }
    wait = () => Promise.resolve();
    told = [{ field: "unknown_fields[0]", kind: 1, detail: "Nobody knows it." }];
    const answer = (await (await ask({ its_own: 1 })).json()) as { fairlead: object };
    expect(answer.fairlead).toMatchObject({ adaptations: [{ field: "its_own", kind: "dropped" }] });
  });

  it("asks strictly, by header or by field", async () => {
    await ask({}, { "x-fairlead-strict": "true" });
    await ask({ fairlead: { strict: true } });
    await ask({ fairlead: { strict: false } }, { "x-fairlead-strict": "true" });
    expect(asked.map(({ context }) => context?.strict)).toEqual([true, true, false]);
  });

  it.each([
    ["no JSON", "{", 400, "body", {}],
    ["nothing", "", 400, "body", {}],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 400, "body", {}],
    ["another type of content", "model=auto", 415, "content-type", { "content-type": "application/x-www-form-urlencoded" }],
    ["packed content", "x", 400, "body", { "content-encoding": "gzip" }],
    ["too much", JSON.stringify({ model: "x".repeat(5_000) }), 413, "body", {}],
    ["no object", "[]", 400, "", {}],
    ["a strange term", "{}", 400, "x-fairlead-priority", { "x-fairlead-priority": "urgent" }],
    ["nesting without end", `{"model":"auto","deep":${"[".repeat(1_500)}${"]".repeat(1_500)}}`, 400, "", {}],
  ])("refuses %s by name, and nobody is asked", async (_, sent, status, field, headers) => {
    const answer = await gateway.post(path, sent, headers as Record<string, string>);
    const { error } = (await answer.json()) as { error: { fairlead: { code: string; violations: { field: string }[] } } };
    expect([answer.status, error.fairlead.code]).toEqual([status, "invalid_request"]);
    expect(error.fairlead.violations.map((violation) => violation.field)).toContainEqual(field === "" ? expect.any(String) : field);
    expect(asked).toEqual([]);
  });
});
