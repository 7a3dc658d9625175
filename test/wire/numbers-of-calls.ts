import { messageStream, textBlock, toolBlock } from "./support/anthropic-wire.ts";
import { asked, withTools } from "./support/asked.ts";
import { chatCall, chatStream } from "./support/chat-wire.ts";
import { cohereCall, cohereStream, cohereText } from "./support/cohere-wire.ts";
import type { Edge, WireMesh } from "./support/start-wire-mesh.ts";
import { blockSteps, streamedCalls } from "./support/streamed-calls.ts";

const BERGEN = '{"port":"Bergen"}';
const OSLO = '{"port":"Oslo"}';

export function describeNumbersOfCalls(mesh: WireMesh): void {
  describe("calls of tools are numbered without gaps, however a provider numbers its blocks and events", () => {
    const streamed = (edge: Edge, model: string) =>
      mesh.ask(edge, asked(edge, model, { ...withTools(edge, "get_tide", "get_wind"), stream: true }));

    it("numbers calls between Anthropic's other blocks from 0 for callers of OpenAI", async () => {
      mesh.play(
        messageStream(
          [
            ...textBlock(0, "Let me see."),
            ...toolBlock(1, "toolu_1", "get_tide", BERGEN),
            ...textBlock(2, "And:"),
            ...toolBlock(3, "toolu_2", "get_wind", OSLO),
          ],
          "tool_use",
        ),
      );
      expect(streamedCalls("chat", await streamed("chat", "anthropic/claude-haiku-4-5"))).toEqual([
        { index: 0, id: "toolu_1", name: "get_tide", arguments: BERGEN },
        { index: 1, id: "toolu_2", name: "get_wind", arguments: OSLO },
      ]);
    });

    it("numbers every block from 0 for callers of Anthropic, whatever numbers OpenAI's calls have", async () => {
      mesh.play(
        chatStream(
          [
            { content: "Let me see." },
            { tool_calls: [chatCall("call_1", "get_tide", BERGEN, 1)] },
            { tool_calls: [chatCall("call_2", "get_wind", OSLO, 4)] },
          ],
          "tool_calls",
        ),
      );
      const told = await streamed("messages", "openai/gpt-4o-mini");
      expect(blockSteps(told).filter((step) => !step.startsWith("delta"))).toEqual([
        "start 0 text",
        "stop 0 text",
        "start 1 tool_use",
        "stop 1 tool_use",
        "start 2 tool_use",
        "stop 2 tool_use",
      ]);
      expect(streamedCalls("messages", told).map(({ arguments: text }) => text)).toEqual([BERGEN, OSLO]);
    });

    it("numbers calls anew whose numbers have gaps, as some servers leave them", async () => {
      const calls = [chatCall("call_1", "get_tide", BERGEN, 1), chatCall("call_2", "get_wind", OSLO, 4)];
      mesh.play(
        chatStream(
          calls.map((call) => ({ tool_calls: [call] })),
          "tool_calls",
        ),
      );
      const told = await streamed("chat", "plain/plain-model");
      expect(streamedCalls("chat", told).map(({ index, id }) => [index, id])).toEqual([
        [0, "call_1"],
        [1, "call_2"],
      ]);
    });

    it("keeps calls apart whose fragments come by turns", async () => {
      const more = (index: number, text: string) => ({ tool_calls: [{ index, function: { arguments: text } }] });
      mesh.play(
        chatStream(
          [
            { tool_calls: [chatCall("call_1", "get_tide", "", 0), chatCall("call_2", "get_wind", "", 1)] },
            more(0, BERGEN.slice(0, 5)),
            more(1, OSLO.slice(0, 5)),
            more(0, BERGEN.slice(5)),
            more(1, OSLO.slice(5)),
          ],
          "tool_calls",
        ),
      );
      for (const edge of ["chat", "messages", "responses"] as const) {
        const calls = streamedCalls(edge, await streamed(edge, "openai/gpt-4o-mini"));
        expect(calls.map(({ id, arguments: text }) => [id, text])).toEqual([
          ["call_1", BERGEN],
          ["call_2", OSLO],
        ]);
      }
    });

    it("takes the index of Cohere's events for no choice, and its calls for objects", async () => {
      mesh.play(
        cohereStream(
          [
            ...cohereText(0, "Let me see."),
            ...cohereCall(0, "get_tide_1", "get_tide", BERGEN.slice(0, 5), BERGEN.slice(5)),
            ...cohereCall(1, "get_wind_2", "get_wind", OSLO),
          ],
          "TOOL_CALL",
        ),
      );
      const told = await streamed("chat", "cohere/command-a-03-2025");
      expect([
        ...new Set(
          told.events.flatMap(({ data }) => (data.choices ?? []).map((choice: { index: number }) => choice.index)),
        ),
      ]).toEqual([0]);
      expect(streamedCalls("chat", told)).toEqual([
        { index: 0, id: "get_tide_1", name: "get_tide", arguments: BERGEN },
        { index: 1, id: "get_wind_2", name: "get_wind", arguments: OSLO },
      ]);
    });
  });
}
