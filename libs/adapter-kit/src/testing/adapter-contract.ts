import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import { ToolChoiceMode } from "@fairlead/contracts/chat/v1/tool";
import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import { retryAfterMs, type FairleadError } from "@fairlead/rpc/fairlead-error";
import type { DeploymentConfig } from "../deployment-config.ts";
import type { Adapter } from "../create-adapter-service.ts";
import { adapterClient } from "./adapter-client.ts";
import { foldDeltas, summarize } from "./fold-deltas.ts";
import { describeHostileProvider } from "./hostile-contract.ts";
import { serveSilence } from "./silent-server.ts";

/** The part of a provider simulator that the contract uses. */
export interface SimulatedProvider {
  readonly baseUrl: string;
  setFaults(faults: readonly { readonly kind: string }[]): unknown;
  clearFaults(): void;
  stats(): { readonly total: number };
  requests(): readonly { readonly deployment: string; readonly keyMark: string; readonly model: string | undefined }[];
  /** Throws where the simulator does not know the model. */
  setModel(provider: string, model: string, settings: Record<string, never>): void;
}

/** An adapter under test. */
export interface AdapterUnderTest {
  readonly model: string;
  start(): Promise<SimulatedProvider & AsyncDisposable>;
  create(baseUrl: string, deployments?: DeploymentConfig[]): Adapter;
}

/** What must never be seen in what an adapter says: a key and words of a request, as a provider may send them back. */
const CANARY = "sk-canary-9f3b7a-secret-words-of-a-person";

const message = (text: string) => ({ role: 3, parts: [{ content: { case: "text" as const, value: { text } } }] });

/** What every adapter must do, told against a simulator of its provider and against hostile ones. Registers tests. */
export function describeAdapter(name: string, subject: AdapterUnderTest): void {
  const chat = { model: subject.model, messages: [message("hello there")], maxOutputTokens: 64 };

  async function run<T>(
    work: (client: ReturnType<typeof adapterClient>, provider: SimulatedProvider) => Promise<T>,
    deploy: (baseUrl: string) => DeploymentConfig[] = () => [],
  ): Promise<T> {
    await using provider = await subject.start();
    const adapter = subject.create(provider.baseUrl, deploy(provider.baseUrl));
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

    it("gives up connecting at the limit that its caller's header tells, whole and streamed, and closes the connection", async () => {
      await using silent = await serveSilence();
      const adapter = subject.create(`https://127.0.0.1:${silent.port}`);
      const client = adapterClient(adapter);
      const options = { headers: { "x-fairlead-connect-ms": "60" } };
      const expected = { code: ErrorCode.TIMEOUT, message: "Connecting to the provider did not finish in 60 ms." };
      const started = performance.now();
      await expect(client.chat({ chat }, options)).rejects.toMatchObject(expected);
      await expect(readAll(client.chatStream({ chat }, options))).rejects.toMatchObject(expected);
      await silent.released();
      expect(performance.now() - started).toBeLessThan(900);
      expect(silent.accepted).toBe(2);
      await adapter.close();
    });

    it.each([
      ["seconds", 62.5],
      ["date", 62.5],
      ["milliseconds", 62.5],
      ["reset", 62.5],
      ["body", 62.5],
      ["message", 62.5],
      ["reset", 0.25],
    ])("obeys a wait that is told by %s of %d seconds", (retryAfterForm, retryAfter) =>
      run(async (client, provider) => {
        provider.setFaults([{ kind: "status", status: 429, retryAfter, retryAfterForm } as { kind: string }]);
        const thrown = await client.chat({ chat }).then(() => undefined, (error: FairleadError) => error);
        expect(ErrorCode[thrown?.code ?? 0]).toBe("RATE_LIMITED");
        const wait = retryAfterMs(thrown?.detail ?? (undefined as never)) ?? 0;
        // A date has whole seconds, and time goes by.
        expect(wait).toBeLessThanOrEqual(retryAfter * 1000);
        expect(wait).toBeGreaterThan(retryAfter * 1000 - (["date", "reset"].includes(retryAfterForm) ? 1_500 : 1));
      }));

    it.each([400, 401, 403, 404, 413, 429, 500, 503])("repeats nothing of a provider's words after status %d", (status) =>
      run(async (client, provider) => {
        const error = { message: `no ${CANARY}`, type: CANARY, code: CANARY, status: CANARY, param: CANARY, details: [{ reason: CANARY, "@type": CANARY }] };
        for (const body of [{ error }, [{ error }], { error: CANARY }, { detail: CANARY }, CANARY.repeat(5_000)]) {
          provider.setFaults([{ kind: "status", status, body } as { kind: string }]);
          const whole = await client.chat({ chat }).then(() => undefined, (thrown: FairleadError) => thrown);
          const streamed = await readAll(client.chatStream({ chat })).then(() => undefined, (thrown: FairleadError) => thrown);
          for (const thrown of [whole, streamed]) {
            const said = JSON.stringify([thrown?.message, thrown?.detail, String((thrown?.cause as Error | undefined)?.message)], (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
            expect(said).not.toMatch(/canary|secret|test-key|127\.0\.0\.1/);
            expect(thrown?.message.length).toBeGreaterThan(10);
            expect(thrown?.message.length).toBeLessThan(200);
          }
        }
      }));

    it("keeps the address and the key to itself where the provider cannot be reached", () =>
      run(async (client, provider) => {
        provider.setFaults([{ kind: "reset" }]);
        await expect(client.chat({ chat })).rejects.toMatchObject({ message: expect.not.stringMatching(/test-key|127\.0\.0\.1|http/) });
      }));

    it("finds out by one call whether the provider answers, however many ask", () =>
      run(async (client, provider) => {
        const answers = await Promise.all(Array.from({ length: 20 }, () => client.probe({})));
        expect(answers.every(({ durationMs }) => durationMs > 0)).toBe(true);
        expect(provider.requests()).toHaveLength(1);
        expect(provider.requests()[0]?.model).toBeUndefined();
      }));

    it.each<[string, Record<string, unknown>, ErrorCode]>([
      ["fails", { kind: "status", status: 503 }, ErrorCode.OVERLOADED],
      ["refuses the key", { kind: "status", status: 401 }, ErrorCode.PROVIDER_AUTHENTICATION],
      ["limits the rate", { kind: "status", status: 429 }, ErrorCode.RATE_LIMITED],
      ["breaks the connection", { kind: "reset" }, ErrorCode.PROVIDER_UNREACHABLE],
      ["answers with nonsense", { kind: "malformed" }, ErrorCode.MALFORMED_ANSWER],
    ])("tells by a probe when the provider %s", (_what, fault, code) =>
      run(async (client, provider) => {
        provider.setFaults([fault as { kind: string }]);
        const thrown = await client.probe({}).then(() => undefined, (error: FairleadError) => error);
        expect(ErrorCode[thrown?.code ?? 0]).toBe(ErrorCode[code]);
      }));

    it("ends a probe at the asker's deadline", () =>
      run(async (client, provider) => {
        provider.setFaults([{ kind: "hang" }]);
        await expect(client.probe({}, { deadline: Date.now() + 50 })).rejects.toMatchObject({ code: ErrorCode.TIMEOUT });
      }));

    it("calls and probes each deployment at its own address with its own key", () =>
      run(
        async (client, provider) => {
          await client.chat({ chat, deployment: "eu" });
          await readAll(client.chatStream({ chat, deployment: "us" }));
          await client.probe({ deployment: "eu" });
          const seen = provider.requests();
          expect(seen.map(({ deployment }) => deployment)).toEqual(["eu", "us", "eu"]);
          expect(seen[0]?.keyMark).toBe(seen[2]?.keyMark);
          expect(seen[0]?.keyMark).not.toBe(seen[1]?.keyMark);
          const unknown = { code: ErrorCode.MODEL_NOT_FOUND, detail: { violations: [{ field: "deployment" }] } };
          await expect(client.chat({ chat, deployment: "asia" })).rejects.toMatchObject(unknown);
          await expect(readAll(client.chatStream({ chat, deployment: "asia" }))).rejects.toMatchObject(unknown);
          await expect(client.probe({ deployment: "asia" })).rejects.toMatchObject({ code: ErrorCode.NOT_FOUND });
          await expect(client.chat({ chat })).rejects.toMatchObject({ code: ErrorCode.INVALID_REQUEST });
          const { description } = await client.describe({});
          expect(description?.models[0]?.deployments).toMatchObject([{ deployment: "eu", region: "eu-west-1" }, { deployment: "us" }]);
        },
        (baseUrl) =>
          ["eu", "us"].map((name) => ({
            name,
            region: `${name}-west-1`,
            weight: 1,
            apiKey: `key-${name}`,
            baseUrl: baseUrl.replace(/^(https?:\/\/[^/]+)/, `$1/d/${name}`),
          })),
      ));

    it.each([401, 402, 429])("takes another key in the same call where one is refused with %d, whole, streamed and probed", (status) =>
      run(
        async (client, provider) => {
          const refuseOnce = () => provider.setFaults([{ kind: "status", status, times: 1, probes: true } as { kind: string }]);
          const calls = [
            async (deployment: string) => void (await client.chat({ chat, deployment })),
            async (deployment: string) => void (await readAll(client.chatStream({ chat, deployment }))),
            async (deployment: string) => void (await client.probe({ deployment })),
          ];
          for (const [index, call] of calls.entries()) {
            refuseOnce();
            await call(`d${index}`);
            const marks = provider.requests().filter(({ deployment }) => deployment === `d${index}`).map(({ keyMark }) => keyMark);
            expect([marks.length, new Set(marks).size]).toEqual([2, 2]);
          }
        },
        (baseUrl) =>
          [0, 1, 2].map((index) => ({
            name: `d${index}`,
            region: "",
            weight: 1,
            apiKey: `first-key-${index}, second-key-${index}`,
            baseUrl: baseUrl.replace(/^(https?:\/\/[^/]+)/, `$1/d/d${index}`),
          })),
      ));

    it.each([
      ["plainly", {}],
      ["with sampling", { temperature: 0.3, topP: 0.9 }],
      ["with an effort and sampling", { temperature: 0.3, reasoning: { effort: ReasoningEffort.HIGH } }],
      ["without thinking", { reasoning: { effort: ReasoningEffort.NONE } }],
      ["with a budget to think", { maxOutputTokens: 4_096, reasoning: { budgetTokens: 2_000 } }],
      ["with tools", { tools: [{ name: "look_up" }] }],
      ["with tools and an effort", { tools: [{ name: "look_up" }], reasoning: { effort: ReasoningEffort.LOW } }],
      ["with a tool that must be used", { tools: [{ name: "look_up" }], toolChoice: { mode: ToolChoiceMode.REQUIRED }, reasoning: { effort: ReasoningEffort.LOW } }],
    ])("has every model on offer answer when asked %s", (_how, more) =>
      run(async (client) => {
        const { description } = await client.describe({});
        const models = (description?.models ?? []).filter(({ kind }) => kind === ModelKind.CHAT);
        for (const { model } of models) {
          const outcome = await client.chat({ chat: { ...chat, ...more, model } }).then(({ chat: answer }) => answer?.choices.length, (error: FairleadError) => error.message);
          expect([model, outcome]).toEqual([model, 1]);
        }
      }));

    it("offers only models that the simulator knows", () =>
      run(async (client, provider) => {
        const { description } = await client.describe({});
        for (const { model } of description?.models ?? []) provider.setModel(description?.provider ?? "", model, {});
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
  describeHostileProvider(name, subject);
}
