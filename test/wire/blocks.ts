import { messageStream, textBlock, toolBlock } from "./support/anthropic-wire.ts";
import { asked, withTools } from "./support/asked.ts";
import { chatCall, chatStream } from "./support/chat-wire.ts";
import { generatedStream } from "./support/content-wire.ts";
import { signedThought } from "./support/wires.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";
import { blockSteps } from "./support/streamed-calls.ts";

const EMPTY = { role: "assistant", content: "" };
const CALL = { tool_calls: [chatCall("call_1", "get_tide", '{"port":"Bergen"}', 0)] };

export function describeBlocks(mesh: WireMesh): void {
  describe("a block opens with its first content, is never empty, and closes before the next one opens", () => {
    const streamed = (model: string) =>
      mesh.ask("messages", asked("messages", model, { ...withTools("messages"), stream: true }));
    const items = async (model: string) => {
      const { events } = await mesh.ask(
        "responses",
        asked("responses", model, { ...withTools("responses"), stream: true }),
      );
      return events.flatMap(({ event, data }) =>
        /^response\.output_item\.(added|done)$/.test(event)
          ? [`${event.slice(21)} ${data.output_index} ${data.item.type}`]
          : [],
      );
    };

    it("opens no text for a call that stands alone, though empty text came first", async () => {
      mesh.play(chatStream([EMPTY, { content: "" }, CALL], "tool_calls"));
      expect(blockSteps(await streamed("openai/gpt-4o-mini"))).toEqual([
        "start 0 tool_use",
        "delta 0 tool_use",
        "stop 0 tool_use",
      ]);
      expect(await items("openai/gpt-4o-mini")).toEqual(["added 0 function_call", "done 0 function_call"]);
    });

    it("closes a text before the call after it opens", async () => {
      mesh.play(chatStream([EMPTY, { content: "Let me" }, { content: " see." }, CALL], "tool_calls"));
      expect(blockSteps(await streamed("openai/gpt-4o-mini"))).toEqual([
        "start 0 text",
        "delta 0 text",
        "delta 0 text",
        "stop 0 text",
        "start 1 tool_use",
        "delta 1 tool_use",
        "stop 1 tool_use",
      ]);
      expect(await items("openai/gpt-4o-mini")).toEqual([
        "added 0 message",
        "done 0 message",
        "added 1 function_call",
        "done 1 function_call",
      ]);
    });

    it("closes a thought before the text after it opens", async () => {
      mesh.play(messageStream([...signedThought(0, "Tides turn.", "c2ln"), ...textBlock(1, "Ahoy.")]));
      expect(blockSteps(await streamed("anthropic/claude-haiku-4-5"))).toEqual([
        "start 0 thinking",
        "delta 0 thinking",
        "delta 0 thinking",
        "stop 0 thinking",
        "start 1 text",
        "delta 1 text",
        "stop 1 text",
      ]);
    });

    it("leaves out empty blocks and parts of a provider", async () => {
      mesh.play(
        messageStream([...textBlock(0), ...textBlock(1, ""), ...toolBlock(2, "toolu_1", "get_tide", "{}")], "tool_use"),
      );
      expect(blockSteps(await streamed("anthropic/claude-haiku-4-5"))).toEqual([
        "start 0 tool_use",
        "delta 0 tool_use",
        "stop 0 tool_use",
      ]);
      mesh.play(generatedStream([[{ text: "" }], [{ text: "Ahoy." }], [{ text: "" }]]));
      expect(blockSteps(await streamed("google/gemini-2.5-flash"))).toEqual([
        "start 0 text",
        "delta 0 text",
        "stop 0 text",
      ]);
    });

    it("opens nothing at all for an answer without content", async () => {
      mesh.play(chatStream([EMPTY], "stop"));
      expect(blockSteps(await streamed("openai/gpt-4o-mini"))).toEqual([]);
      expect(await items("openai/gpt-4o-mini")).toEqual([]);
    });
  });
}
