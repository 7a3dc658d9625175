import { messageDelta, messageStart, MESSAGE_STOP, textBlock } from "./support/anthropic-wire.ts";
import { asked } from "./support/asked.ts";
import { sse } from "./support/fixtures.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const START = { input_tokens: 10, cache_creation_input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 1 };

export function describeCumulativeUsage(mesh: WireMesh): void {
  describe("the usage in Anthropic's message_delta is what was used so far, and what it leaves out is as before", () => {
    const usageOf = async (...deltas: readonly object[]) => {
      const text = textBlock(0, "Ahoy.");
      mesh.play(
        sse([
          messageStart(START),
          ...text,
          ...deltas.map((usage, index) => messageDelta(index === deltas.length - 1 ? "end_turn" : null, usage)),
          MESSAGE_STOP,
        ]),
      );
      const told = await mesh.ask("messages", asked("messages", "anthropic/claude-haiku-4-5", { stream: true }));
      return told.events.findLast(({ event }) => event === "message_delta")?.data.usage;
    };

    it("sets the counts and does not add them", async () => {
      expect(await usageOf({ output_tokens: 5 }, { output_tokens: 12 })).toEqual({ ...START, output_tokens: 12 });
    });

    it("takes a count of the prompt that is told anew in the place of the first one", async () => {
      const usage = {
        input_tokens: 11,
        cache_creation_input_tokens: 21,
        cache_read_input_tokens: 31,
        output_tokens: 12,
      };
      expect(await usageOf(usage)).toEqual(usage);
    });

    it("keeps a count that is missing or null", async () => {
      expect(await usageOf({ output_tokens: 7, input_tokens: null, cache_read_input_tokens: null })).toEqual({
        ...START,
        output_tokens: 7,
      });
    });

    it("keeps the count of the answer where the last event has none", async () => {
      expect(await usageOf({ output_tokens: 9 }, {})).toEqual({ ...START, output_tokens: 9 });
    });
  });
}
