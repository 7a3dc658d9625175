import { asked } from "./support/asked.ts";
import { generated, generatedStream } from "./support/content-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const USAGE = {
  promptTokenCount: 100,
  toolUsePromptTokenCount: 11,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 7,
  totalTokenCount: 123,
};

export function describeGeminiUsage(mesh: WireMesh): void {
  describe("Gemini counts thoughts on top of its candidates and the prompts of its tools on top of the prompt", () => {
    const usageOf = async (more: object) => {
      const told = await mesh.ask("chat", asked("chat", "google/gemini-2.5-flash", more));
      return told.body?.usage ?? told.events.findLast(({ data }) => data.usage)?.data.usage;
    };

    it.each([
      ["whole", {}],
      ["streamed", { stream: true, stream_options: { include_usage: true } }],
    ])("adds both in an answer that is %s", async (how, more) => {
      mesh.play(
        how === "whole"
          ? generated(undefined, undefined, USAGE)
          : generatedStream([[{ text: "Ah" }], [{ text: "oy." }]], undefined, USAGE),
      );
      expect(await usageOf(more)).toMatchObject({
        prompt_tokens: 111,
        completion_tokens: 12,
        total_tokens: 123,
        completion_tokens_details: { reasoning_tokens: 7 },
      });
    });
  });
}
