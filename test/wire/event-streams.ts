import type { ChatDelta } from "@fairlead/contracts/chat/v1/chat_delta";
import { foldDeltas } from "@fairlead/adapter-kit/testing/fold-deltas";
import { askStream, askWhole } from "./support/ask-vendor.ts";
import { asked, withTools } from "./support/asked.ts";
import { chatCall, chatStream, chunk, DONE, usageChunk } from "./support/chat-wire.ts";
import { dataFrame, sse } from "./support/fixtures.ts";
import { openVendor } from "./support/open-vendor.ts";
import { EDGES, type WireMesh } from "./support/start-wire-mesh.ts";
import { streamedCalls } from "./support/streamed-calls.ts";
import { type UpstreamWire, WIRES } from "./support/wires.ts";

const EVENT_WIRES = WIRES.filter(({ provider }) => provider !== "ollama");

/** The same events written as a server may write them as well. */
const WRITINGS: readonly (readonly [string, (body: string) => string])[] = [
  ["with CRLF", (body) => body.replaceAll("\n", "\r\n")],
  ["with comments between the events", (body) => `: open\n\n${body.replaceAll("\n\n", "\n\n: ping\n\n")}`],
  ["with comments inside of the events", (body) => body.replaceAll("data: ", ": ping\ndata: ")],
  ["without a space after the colon", (body) => body.replaceAll("data: ", "data:").replaceAll("event: ", "event:")],
  ["with data over several lines", (body) => body.replaceAll(/^data: \{(.*)\}$/gm, "data: {\ndata: $1\ndata: }")],
  ["without an empty line at the end", (body) => body.trimEnd()],
  ["with fields that say nothing here", (body) => body.replaceAll("data: ", "id: 7\nretry: 1000\ndata: ")],
];

const wholeStream = ({ frames, stop }: UpstreamWire) => {
  const { opening, text, end } = frames(stop);
  return [...opening, ...text, ...end].join("");
};

const textOf = (deltas: readonly ChatDelta[]) =>
  deltas.map(({ step }) => (step.case === "text" ? step.value : "")).join("");
const FILTERS = { prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] };

export function describeEventStreams(mesh: WireMesh): void {
  describe("a stream says the same however it is written and cut into pieces", () => {
    it.each(WIRES)("says of $name what the whole answer says", async (wire) => {
      await using vendor = await openVendor(wire.provider, wire.whole(wire.stop));
      const { choices, usage } = await askWhole(vendor, wire.model);
      vendor.server.play(wire.stream([wholeStream(wire)]));
      const streamed = await askStream(vendor, wire.model);
      expect([textOf(streamed), streamed.flatMap(({ step }) => (step.case === "usage" ? [step.value] : []))]).toEqual([
        "Ahoy.",
        [usage],
      ]);
      expect(choices.map(({ parts }) => parts.map(({ content }) => content.value))).toEqual([
        [expect.objectContaining({ text: "Ahoy." })],
      ]);
    });

    it.each(WIRES)("may be cut at any byte, as $name shows", async (wire) => {
      const text = wholeStream(wire).replaceAll("Ah", "Äh🌊");
      await using vendor = await openVendor(wire.provider, wire.stream([text]));
      const expected = foldDeltas(await askStream(vendor, wire.model));
      expect(JSON.stringify(expected.choices)).toContain("Äh🌊oy.");
      for (const slice of [1, 2, 7]) {
        vendor.server.play(wire.stream([text], { slice }));
        expect(foldDeltas(await askStream(vendor, wire.model))).toEqual(expected);
      }
    });

    it.each(EVENT_WIRES.flatMap((wire) => WRITINGS.map(([how, write]) => ({ name: wire.name, how, wire, write }))))(
      "of $name may be written $how",
      async ({ wire, write }) => {
        await using vendor = await openVendor(wire.provider, wire.stream([wholeStream(wire)]));
        const expected = foldDeltas(await askStream(vendor, wire.model));
        for (const slice of [1, 4_096]) {
          vendor.server.play(wire.stream([write(wholeStream(wire))], { slice }));
          expect(foldDeltas(await askStream(vendor, wire.model))).toEqual(expected);
        }
      },
    );

    it.each(EDGES)("may begin with a chunk without choices, as Azure's does for callers of %s", async (edge) => {
      const head = { id: "", created: 0, model: "", object: "" };
      mesh.play(
        sse([
          dataFrame({ ...head, choices: [], ...FILTERS }),
          chunk({ role: "assistant", content: "" }),
          chunk({ content: "Ahoy." }),
          chunk({}, "stop"),
          usageChunk(),
          DONE,
        ]),
      );
      const told = await mesh.ask(edge, asked(edge, "azure/gpt-4o", { stream: true }));
      expect([told.status, told.text]).toEqual([200, expect.stringContaining("Ahoy.")]);
      expect(told.events.filter(({ data }) => data.error !== undefined && data.error !== null)).toEqual([]);
    });

    it.each(EDGES)("may hold text and a call in one chunk, both of which callers of %s get", async (edge) => {
      mesh.play(
        chatStream([{ content: "Let me see.", tool_calls: [chatCall("call_1", "get_tide", "{}", 0)] }], "tool_calls"),
      );
      const told = await mesh.ask(edge, asked(edge, "openai/gpt-4o-mini", { ...withTools(edge), stream: true }));
      expect(told.text).toContain("Let me see.");
      expect(streamedCalls(edge, told).map(({ id, name }) => [id, name])).toEqual([["call_1", "get_tide"]]);
    });
  });
}
