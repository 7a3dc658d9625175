import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { retryAfterMs, type FairleadError } from "@fairlead/rpc/fairlead-error";
import type { Adapter } from "../create-adapter-service.ts";
import { adapterClient } from "./adapter-client.ts";
import { foldDeltas, summarize } from "./fold-deltas.ts";

/** The part of a provider simulator that the contract uses. */
export interface SimulatedProvider {
  readonly baseUrl: string;
  setFaults(faults: readonly { readonly kind: string }[]): unknown;
  clearFaults(): void;
  stats(): { readonly total: number };
}

/** An adapter under test. */
export interface AdapterUnderTest {
  readonly model: string;
  start(): Promise<SimulatedProvider & AsyncDisposable>;
  create(baseUrl: string): Adapter;
}

const message = (text: string) => ({ role: 3, parts: [{ content: { case: "text" as const, value: { text } } }] });

/** What every adapter must do, told against a simulator of its provider. Registers tests. */
export function describeAdapter(name: string, subject: AdapterUnderTest): void {
  const chat = { model: subject.model, messages: [message("hello there")], maxOutputTokens: 64 };

  async function run<T>(work: (client: ReturnType<typeof adapterClient>, provider: SimulatedProvider) => Promise<T>): Promise<T> {
    await using provider = await subject.start();
    const adapter = subject.create(provider.baseUrl);
    try {
      return await work(adapterClient(adapter), provider);
    } finally {
      await adapter.close();
    }
  }

  async function readAll(stream: AsyncIterable<{ deltas: ChatDelta[] }>): Promise<ChatDelta[]> {
    const deltas: ChatDelta[] = [];
    for await (const { deltas: more } of stream) deltas.push(...more);
    return deltas;
  }

  describe(`${name} against a simulator`, () => {
    it("describes models with prices", () =>
      run(async (client) => {
        const { description } = await client.describe({});
        expect(description).toMatchObject({ simulated: true });
        for (const model of description?.models ?? []) expect(model.prices.length).toBeGreaterThan(0);
      }));

    it("answers alike whole and streamed", () =>
      run(async (client) => {
        const whole = await client.chat({ chat });
        const deltas = await readAll(client.chatStream({ chat }));
        expect(deltas[0]?.step.case).toBe("started");
        expect(deltas.at(-1)?.step.case).toBe("usage");
        const text = (summary: { choices: Record<number, { parts: (readonly unknown[])[] }> }) => summary.choices[0]?.parts[0]?.[1];
        expect(typeof text(foldDeltas(deltas))).toBe("string");
        expect(foldDeltas(deltas)).toEqual(summarize(whole.chat ?? (undefined as never)));
      }));

    it.each<[string, Record<string, unknown>, ErrorCode]>([
      ["a rate limit", { kind: "status", status: 429, retryAfter: 7 }, ErrorCode.RATE_LIMITED],
      ["a refused key", { kind: "status", status: 401 }, ErrorCode.PROVIDER_AUTHENTICATION],
      ["a failing server", { kind: "status", status: 500 }, ErrorCode.PROVIDER_ERROR],
      ["a page of a proxy", { kind: "status", status: 502, body: "<html>" }, ErrorCode.PROVIDER_ERROR],
      ["overload", { kind: "status", status: 503 }, ErrorCode.OVERLOADED],
      ["a broken body", { kind: "malformed" }, ErrorCode.MALFORMED_ANSWER],
      ["a reset connection", { kind: "reset" }, ErrorCode.PROVIDER_UNREACHABLE],
    ])("gives %s its own code, whole and streamed, with one request each", (_fault, fault, code) =>
      run(async (client, provider) => {
        provider.setFaults([fault as { kind: string }]);
        const codes: unknown[] = [];
        const note = (error: FairleadError) => codes.push(ErrorCode[error.code], retryAfterMs(error.detail));
        await client.chat({ chat }).catch(note);
        await readAll(client.chatStream({ chat })).catch(note);
        const wait = fault["retryAfter"] === undefined ? undefined : 7_000;
        expect(codes).toEqual([ErrorCode[code], wait, ErrorCode[code], wait]);
        expect(provider.stats().total).toBe(2);
      }));

    it.each([
      ["an answer that is cut off", { kind: "cut", afterBytes: 700 }],
      ["an error in mid-stream", { kind: "stream_error", afterChunks: 2 }],
      ["an empty answer", { kind: "empty" }],
    ])("never takes %s for success", (_fault, fault) =>
      run(async (client, provider) => {
        provider.setFaults([fault]);
        await expect(readAll(client.chatStream({ chat }))).rejects.toMatchObject({ name: "FairleadError", detail: { retryable: true } });
      }));

    it("ends at its deadline", () =>
      run(async (client, provider) => {
        provider.setFaults([{ kind: "hang" }]);
        const started = performance.now();
        await expect(client.chat({ chat }, { deadline: Date.now() + 50 })).rejects.toMatchObject({ code: ErrorCode.TIMEOUT });
        await expect(readAll(client.chatStream({ chat }, { deadline: Date.now() + 50 }))).rejects.toMatchObject({ code: ErrorCode.TIMEOUT });
        expect(performance.now() - started).toBeLessThan(300);
      }));

    it("puts the adaptations first, and refuses them in strict mode by their field", () =>
      run(async (client) => {
        const unknown = { dialect: "other.dialect", name: "x", value: { kind: { case: "boolValue" as const, value: true } } };
        const [first] = await readAll(client.chatStream({ chat: { ...chat, unknownFields: [unknown] } }));
        expect(first?.step).toMatchObject({ case: "adaptation", value: { field: "unknown_fields[0]" } });
        const strict = client.chat({ chat: { ...chat, unknownFields: [unknown] }, strict: true });
        await expect(strict).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST, detail: { violations: [{ field: "chat.unknown_fields[0]" }] } });
      }));
  });
}
