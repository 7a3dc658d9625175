import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import type { TokenUsage } from "@fairlead/contracts/chat/v1/usage";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { FairleadError } from "@fairlead/rpc/fairlead-error";
import type { Adapter } from "../create-adapter-service.ts";
import { adapterClient } from "./adapter-client.ts";
import type { AdapterUnderTest } from "./adapter-contract.ts";
import { type AnswerSummary, foldDeltas, summarize } from "./fold-deltas.ts";
import { pour, serveRaw } from "./raw-server.ts";
import { framesOf, mapMembers, serveTampered, type Tamper } from "./tampering-proxy.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n`;
/** Milliseconds of a call whose answer never ends by itself. */
const SHORT_MS = 250;
const LONG_MS = 20_000;

const message = (text: string) => ({ role: 3, parts: [{ content: { case: "text" as const, value: { text } } }] });
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const answer = (headers: string, body: string | Buffer) => (socket: Socket) => {
  socket.write(`${OK}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`);
  socket.write(body);
};

/** What came of a call: its answer, or the code of its failure. */
type Outcome =
  | { readonly code: string }
  | { readonly text: string; readonly usage: TokenUsage | undefined; readonly finishes: number; readonly parts: number };

/** What every adapter must survive of a provider that lies, floods or falls silent. Registers tests. */
export function describeHostileProvider(name: string, subject: AdapterUnderTest): void {
  const chat = { model: subject.model, messages: [message("hello there")], maxOutputTokens: 64 };
  const tools = { tools: [{ name: "look_up" }, { name: "add_up" }], toolChoice: { mode: ToolChoiceMode.REQUIRED } };

  /** Asks for an answer whole and streamed. */
  async function ask(adapter: Adapter, longestMs: number, more: object = {}): Promise<Outcome[]> {
    const client = adapterClient(adapter);
    const fail = (error: FairleadError): Outcome => ({ code: ErrorCode[error.code] ?? "" });
    const deadline = () => ({ deadline: Date.now() + longestMs });
    const whole = await client.chat({ chat: { ...chat, ...more } }, deadline()).then(({ chat: given }): Outcome => {
      const { choices } = summarize(given ?? (undefined as never));
      return { text: JSON.stringify(choices), usage: given?.usage, finishes: given?.choices.length ?? 0, parts: partsOf(choices) };
    }, fail);
    const deltas: ChatDelta[] = [];
    const read = async (): Promise<Outcome> => {
      for await (const { deltas: some } of client.chatStream({ chat: { ...chat, ...more } }, deadline())) deltas.push(...some);
      const { choices, usage } = foldDeltas(deltas);
      const finishes = deltas.filter(({ step }) => step.case === "finished").length;
      return { text: JSON.stringify(choices), usage, finishes, parts: partsOf(choices) };
    };
    return [whole, await read().catch(fail)];
  }

  /** What comes of answers that are written by hand. */
  async function against(write: (socket: Socket) => void, longestMs = LONG_MS) {
    await using server = await serveRaw(write);
    const adapter = subject.create(server.url);
    try {
      const outcomes = await ask(adapter, longestMs);
      return { codes: outcomes.map((outcome) => ("code" in outcome ? outcome.code : "answer")), received: server.received };
    } finally {
      await adapter.close();
      await server.released();
    }
  }

  /** What comes of the simulator's answers once they were tampered with, after what comes of them as they are. */
  async function tampered(tampers: readonly Tamper[], more: object = {}): Promise<{ sound: Outcome[]; outcomes: Outcome[][] }> {
    await using provider = await subject.start();
    await using proxy = await serveTampered(provider.baseUrl);
    const adapter = subject.create(proxy.baseUrl);
    try {
      const sound = await ask(adapter, LONG_MS, more);
      const outcomes: Outcome[][] = [];
      for (const tamper of tampers) {
        proxy.tamper = tamper;
        outcomes.push(await ask(adapter, LONG_MS, more));
      }
      return { sound, outcomes };
    } finally {
      await adapter.close();
    }
  }

  describe(`${name} against a hostile provider`, () => {
    it.each<[string, (socket: Socket) => void]>([
      ["an endless line of a stream", (socket) => (socket.write(`${OK}content-type: text/event-stream\r\n\r\ndata: `), pour(socket, "x".repeat(65_536)))],
      ["an endless body without a line", (socket) => (socket.write(`${OK}content-type: application/json\r\n\r\n`), pour(socket, '[["x",'.repeat(10_000)))],
      ["endless headers", (socket) => (socket.write(OK), pour(socket, `x-more: ${"y".repeat(1_000)}\r\n`))],
      ["a huge header", (socket) => (socket.write(`${OK}x-more: `), pour(socket, "y".repeat(65_536)))],
      ["a page in place of an answer", answer("content-type: text/html\r\n", "<!doctype html><title>Log in</title>")],
      ["compressed bytes", answer("content-type: application/json\r\ncontent-encoding: gzip\r\n", gzipSync(Buffer.alloc(50_000_000)))],
      ["JSON that is nested 100,000 deep", answer("content-type: application/json\r\n", `${'{"choices":['.repeat(50_000)}${"]}".repeat(50_000)}`)],
      ["an event that is nested 100,000 deep", answer("content-type: text/event-stream\r\n", `data: ${'{"a":['.repeat(50_000)}${"]}".repeat(50_000)}\n\n`)],
      ["JSON that is no object", answer("content-type: application/json\r\n", '"text"')],
      ["a number in place of JSON", answer("content-type: application/json\r\n", "NaN")],
      ["headers that are said twice and differ", (socket) => socket.end(`${OK}content-length: 5\r\ncontent-length: 7\r\n\r\n{"a":1}`)],
    ])("takes %s for malformed", async (_what, write) => {
      expect((await against(write)).codes).toEqual(["MALFORMED_ANSWER", "MALFORMED_ANSWER"]);
    });

    it.each<[string, (socket: Socket) => void]>([
      ["a body that is shorter than it was said to be", (socket) => socket.end(`${OK}content-length: 5000\r\n\r\n{"a":1}`)],
      ["a body that is longer than it was said to be", (socket) => socket.end(`${OK}content-length: 5\r\n\r\n{"a":1,"b":2}`)],
      ["a connection that is cut within a chunk", (socket) => socket.end(`${CHUNKED}40\r\ndata: {"a`)],
      ["a chunk whose length is none", (socket) => socket.end(`${CHUNKED}zz\r\ndata: {}\n\n\r\n0\r\n\r\n`)],
      ["what is no HTTP", (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")],
      ["an answer that ends before it began", (socket) => socket.end()],
    ])("takes %s for a failure that may pass", async (_what, write) => {
      for (const code of (await against(write)).codes) expect(["MALFORMED_ANSWER", "PROVIDER_UNREACHABLE"]).toContain(code);
    });

    it("follows no redirect", async () => {
      const { codes, received } = await against((socket) => socket.write("HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"));
      expect([codes, received]).toEqual([["PROVIDER_ERROR", "PROVIDER_ERROR"], 2]);
    });

    it.each<[string, (socket: Socket) => void]>([
      ["a byte now and then", (socket) => (socket.write(CHUNKED), drip(socket, chunk(":")))],
      ["headers a byte now and then", (socket) => (socket.write(`${OK}x-slow: `), drip(socket, "y"))],
      ["answers before the answer without end", (socket) => pour(socket, "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(100))],
      ["comments without end", (socket) => (socket.write(CHUNKED), pour(socket, chunk(":\n".repeat(2_000))))],
      ["empty events without end", (socket) => (socket.write(CHUNKED), pour(socket, chunk("data:\n\n".repeat(2_000))))],
    ])("ends at the deadline, and closes the connection, where the provider sends %s", async (_what, write) => {
      const started = performance.now();
      const { codes } = await against(write, SHORT_MS);
      for (const code of codes) expect(["TIMEOUT", "MALFORMED_ANSWER"]).toContain(code);
      expect(performance.now() - started).toBeLessThan(SHORT_MS * 2 + 1_500);
    });

    it("keeps to sound figures, and marks them as estimates, where the provider's cannot be true", async () => {
      const figures = [-5, 1e300, 2 ** 63, 999_999_999_999, "12", null, {}, [], true, 0];
      const replace = (figure: unknown): Tamper => (body) => mapMembers(body, (key, value) => (typeof value === "number" && /token|count/i.test(key) ? figure : value));
      const { sound, outcomes } = await tampered(figures.map(replace));
      for (const [index, pair] of outcomes.entries()) {
        for (const [form, outcome] of pair.entries()) {
          if ("code" in outcome) throw new Error(`${String(figures[index])}: ${outcome.code}`);
          expect([figures[index], outcome.usage?.estimated]).toEqual([figures[index], true]);
          for (const count of countsOf(outcome.usage)) expect(Number.isInteger(count) && count >= 0 && count < 1_000).toBe(true);
          expect(outcome.text).toBe((sound[form] as { text: string }).text);
        }
      }
    });

    it("is never below zero where more was cached than there was", async () => {
      const replace: Tamper = (body) => mapMembers(body, (key, value) => (typeof value === "number" && /cache/i.test(key) ? 5_000 : value));
      for (const outcome of (await tampered([replace])).outcomes.flat()) {
        if ("code" in outcome) throw new Error(outcome.code);
        expect(Math.min(...countsOf(outcome.usage))).toBeGreaterThanOrEqual(0);
      }
    });

    it("never takes a stream for complete that ends early behind a forged end", async () => {
      const forge = (marker: string): Tamper => (body) => {
        const [first = "", ...rest] = framesOf(body);
        return rest.length === 0 ? body : `${first}${marker}`;
      };
      const { outcomes } = await tampered(["data: [DONE]\n\n", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", "data: {}\n\n", "[DONE]\n", "{}\n"].map(forge));
      for (const [, streamed] of outcomes) expect(streamed).toEqual({ code: expect.stringMatching(/^(MALFORMED_ANSWER|STREAM_INTERRUPTED|PROVIDER_ERROR)$/) });
    });

    it("ends a stream once, though its end comes early, twice, or with more behind it", async () => {
      const moved: Tamper = (body) => {
        const frames = framesOf(body);
        return frames.length < 3 ? body : [frames[0], frames.at(-1), ...frames.slice(1, -1)].join("");
      };
      let endWithText = false;
      const doubled: Tamper = (body) => {
        const end = framesOf(body).length < 3 ? "" : (framesOf(body).at(-1) ?? "");
        endWithText ||= end.includes('"text"');
        return `${body}${end}${end}`;
      };
      const repeated: Tamper = (body) => (framesOf(body).length < 3 ? body : body + body);
      const { sound, outcomes } = await tampered([moved, doubled, repeated]);
      const [early, twice, again] = outcomes.map(([, streamed]) => streamed);
      for (const outcome of [early, twice, again]) {
        if (outcome !== undefined && "code" in outcome) expect(outcome.code).toBe("MALFORMED_ANSWER");
        else expect(outcome?.finishes).toBe(1);
      }
      // An end that carries text as well, as Gemini's does, says it twice.
      if (twice !== undefined && "text" in twice && !endWithText) expect(twice.text).toBe((sound[1] as { text: string }).text);
    });

    it("takes numbers of tool calls, blocks and choices for what they are worth", async () => {
      const numbers = [1e9, -1, 2 ** 53, 1.5, "1", null, 4_294_967_296, 0];
      const replace = (number: unknown): Tamper => (body) => mapMembers(body, (key, value) => (key === "index" && typeof value === "number" ? number : value));
      const { outcomes } = await tampered(numbers.map(replace), tools);
      for (const outcome of outcomes.flat()) {
        if ("code" in outcome) expect(outcome.code).toBe("MALFORMED_ANSWER");
        else expect(outcome.finishes).toBe(1);
      }
    });

    it("bounds the tool calls and the choices of an answer", async () => {
      const many = (body: string, key: string): string => mapMembers(body, (name, value) => (name === key && Array.isArray(value) && value.length > 0 ? Array.from({ length: 20_000 }, (_, index) => ({ ...value[0], index })) : value));
      const lists = ["tool_calls", "content", "parts", "choices", "candidates", "output"];
      const { outcomes } = await tampered(lists.map((key) => (body: string) => many(body, key)), tools);
      for (const outcome of outcomes.flat()) {
        if ("code" in outcome) expect(outcome.code).toBe("MALFORMED_ANSWER");
        else expect([outcome.finishes <= 64, outcome.parts <= 2_048]).toEqual([true, true]);
      }
    });

    it("is not changed by members that are called like those of every object", async () => {
      const add: Tamper = (body) => mapMembers(body, (_key, value) => (isRecord(value) ? JSON.parse(JSON.stringify(value).replace(/^\{/, '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1' + (Object.keys(value).length > 0 ? "," : ""))) : value));
      const { sound, outcomes } = await tampered([add]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(outcomes[0]?.map((outcome) => ("text" in outcome ? outcome.text : outcome.code))).toEqual(sound.map((outcome) => "text" in outcome && outcome.text));
    });

    it("survives bytes that are no UTF-8, and any type in the place of any other", async () => {
      const broken: Tamper = (body) => Buffer.concat([Buffer.from(body).subarray(0, 40), Buffer.from([0xff, 0xc0, 0xed, 0xa0, 0x80]), Buffer.from(body).subarray(40)]);
      const types = [null, 7, "x", true, [], {}, [null], [[]], { a: null }];
      const kinds = ["string", "number", "object", "array"];
      const kindOf = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);
      const swaps = kinds.flatMap((kind) => types.map((type) => (body: string) => mapMembers(body, (key, value) => (key !== "" && kindOf(value) === kind ? type : value))));
      const { outcomes } = await tampered([broken, ...swaps], tools);
      for (const outcome of outcomes.flat()) if ("code" in outcome) expect(["MALFORMED_ANSWER", "PROVIDER_ERROR"]).toContain(outcome.code);
    }, 20_000);
  });
}

function partsOf(choices: AnswerSummary["choices"]): number {
  return Object.values(choices).reduce((sum, { parts }) => sum + parts.length, 0);
}

function countsOf(usage: TokenUsage | undefined): number[] {
  return Object.values(usage ?? {}).filter((value) => typeof value === "number");
}

function drip(socket: Socket, bytes: string): void {
  const timer = setInterval(() => (socket.writable ? socket.write(bytes) : clearInterval(timer)), 20);
  socket.once("close", () => clearInterval(timer));
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
