import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { askStream, askWhole, failureOf } from "./support/ask-vendor.ts";
import { asked } from "./support/asked.ts";
import { lineFrame, lines } from "./support/fixtures.ts";
import { OLLAMA_COUNTS, ollamaAnswer, ollamaEnd, ollamaPiece, ollamaStream } from "./support/ollama-wire.ts";
import { openVendor } from "./support/open-vendor.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const LLAMA = "ollama/llama3.1";

const textOf = (deltas: readonly ChatDelta[]) =>
  deltas.map(({ step }) => (step.case === "text" ? step.value : "")).join("");

export function describeOllama(mesh: WireMesh): void {
  describe("Ollama is spoken to in lines and options, and never left to cut a prompt unseen", () => {
    const sentFor = async (more: object, answer = ollamaAnswer()) => {
      mesh.play(answer);
      mesh.sent();
      const { status } = await mesh.ask("chat", asked("chat", LLAMA, more));
      expect(status).toBe(200);
      return mesh.sent()[0];
    };

    it("tells sampling and the bound of the answer under options, in its own words", async () => {
      const sent = await sentFor({ max_tokens: 77, temperature: 0.3, top_p: 0.9, seed: 5, stop: ["END"] });
      expect(sent.options).toMatchObject({ num_predict: 77, temperature: 0.3, top_p: 0.9, seed: 5, stop: ["END"] });
      expect(["temperature", "top_p", "seed", "stop", "max_tokens"].filter((name) => name in sent)).toEqual([]);
    });

    it("tells it not to stream where the caller does not, and to stream where it does", async () => {
      expect((await sentFor({})).stream).toBe(false);
      expect((await sentFor({ stream: true }, ollamaStream([{ content: "Ahoy." }]))).stream).toBe(true);
    });

    it("reads lines cut at any byte, and a last one that does not end", async () => {
      const frames = [ollamaPiece({ content: "Ähöy " }), ollamaPiece({ content: "🌊" }), ollamaEnd()].map(lineFrame);
      await using vendor = await openVendor("ollama", lines(frames, { slice: 1 }));
      expect(textOf(await askStream(vendor, "llama3.1"))).toBe("Ähöy 🌊");
      vendor.server.play(lines([frames.join("").trimEnd()], { slice: 3 }));
      expect(textOf(await askStream(vendor, "llama3.1"))).toBe("Ähöy 🌊");
    });

    it("takes its durations for nothing but durations, and its counts for the usage", async () => {
      await using vendor = await openVendor("ollama", ollamaAnswer());
      const { usage } = await askWhole(vendor, "llama3.1");
      expect(usage).toMatchObject({
        inputTokens: OLLAMA_COUNTS.prompt_eval_count,
        outputTokens: OLLAMA_COUNTS.eval_count,
        estimated: false,
      });
    });

    it("estimates a count that is missing, and says that it did", async () => {
      const { prompt_eval_count: _prompt, ...cached } = OLLAMA_COUNTS;
      await using vendor = await openVendor("ollama", ollamaAnswer(undefined, undefined, cached));
      expect((await askWhole(vendor, "llama3.1")).usage).toMatchObject({
        inputTokens: 3,
        outputTokens: 4,
        estimated: true,
      });
      vendor.server.play(ollamaStream([{ content: "Ahoy." }], "stop", {}));
      const usages = (await askStream(vendor, "llama3.1")).flatMap(({ step }) =>
        step.case === "usage" ? [step.value] : [],
      );
      expect(usages).toEqual([expect.objectContaining({ inputTokens: 3, outputTokens: 2, estimated: true })]);
    });

    it("asks for a context in which prompt and answer have room", async () => {
      const long = "harbour ".repeat(12_000);
      const short = (await sentFor({ max_tokens: 100 })).options.num_ctx;
      const { options } = await sentFor({ messages: [{ role: "user", content: long }], max_tokens: 1_000 });
      expect(short).toBeGreaterThanOrEqual(103);
      expect(options.num_ctx).toBeGreaterThanOrEqual(long.length / 4 + 1_000);
    });

    it("has the server refuse a prompt that does not fit rather than cut it, and understands the refusal", async () => {
      expect((await sentFor({})).truncate).toBe(false);
      await using vendor = await openVendor("ollama", {
        status: 400,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ error: "the input length exceeds the context length" }),
      });
      expect((await failureOf(askWhole(vendor, "llama3.1"))).code).toBe("CONTEXT_LENGTH_EXCEEDED");
    });
  });
}
