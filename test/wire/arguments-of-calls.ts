import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { message, messageStream, toolBlock } from "./support/anthropic-wire.ts";
import { askStream } from "./support/ask-vendor.ts";
import { asked, withTools } from "./support/asked.ts";
import { chatCall, chatStream, completion } from "./support/chat-wire.ts";
import { cohereAnswer, cohereCall, cohereStream } from "./support/cohere-wire.ts";
import { generated, generatedStream } from "./support/content-wire.ts";
import { namedFrame } from "./support/fixtures.ts";
import { ollamaAnswer, ollamaStream } from "./support/ollama-wire.ts";
import { openVendor } from "./support/open-vendor.ts";
import { callItem, response, responsesStream } from "./support/responses-wire.ts";
import { EDGES, type WireMesh } from "./support/start-wire-mesh.ts";
import { streamedCalls, wholeCalls } from "./support/streamed-calls.ts";

const ARGUMENTS = { port: "Bergen", days: 2 };
const TEXT = JSON.stringify(ARGUMENTS);
const HALVES = [TEXT.slice(0, 9), TEXT.slice(9)] as const;

const item = callItem("call_1", "get_tide", TEXT);
const added = namedFrame({
  type: "response.output_item.added",
  output_index: 0,
  item: { ...item, arguments: "", status: "in_progress" },
} as never);
const delta = (text: string) =>
  namedFrame({
    type: "response.function_call_arguments.delta",
    item_id: "fc_call_1",
    output_index: 0,
    delta: text,
  } as never);
const argumentsDone = namedFrame({
  type: "response.function_call_arguments.done",
  item_id: "fc_call_1",
  output_index: 0,
  arguments: TEXT,
} as never);
const itemDone = namedFrame({ type: "response.output_item.done", output_index: 0, item } as never);
const rest = (index: number, text: string) => ({ tool_calls: [{ index, function: { arguments: text } }] });

/** How each server tells the same call. */
const STREAMS: readonly (readonly [string, model: string, Fixture])[] = [
  [
    "fragments of OpenAI",
    "openai/gpt-4o-mini",
    chatStream(
      [{ tool_calls: [chatCall("call_1", "get_tide", "", 0)] }, rest(0, HALVES[0]), rest(0, HALVES[1])],
      "tool_calls",
    ),
  ],
  [
    "one chunk of a compatible server",
    "plain/plain-model",
    chatStream([{ tool_calls: [chatCall("call_1", "get_tide", TEXT, 0)] }], "tool_calls"),
  ],
  [
    "fragments of Anthropic",
    "anthropic/claude-haiku-4-5",
    messageStream(toolBlock(0, "call_1", "get_tide", "", ...HALVES), "tool_use"),
  ],
  [
    "a whole object of Gemini",
    "google/gemini-2.5-flash",
    generatedStream([[{ functionCall: { id: "call_1", name: "get_tide", args: ARGUMENTS } }], []]),
  ],
  [
    "a whole object of Ollama",
    "ollama/llama3.1",
    ollamaStream([{ tool_calls: [{ id: "call_1", function: { name: "get_tide", arguments: ARGUMENTS } }] }]),
  ],
  [
    "fragments of Cohere",
    "cohere/command-a-03-2025",
    cohereStream(cohereCall(0, "call_1", "get_tide", ...HALVES), "TOOL_CALL"),
  ],
  [
    "fragments of a Responses server that tells the whole again",
    "responder/plain-model",
    responsesStream([added, delta(HALVES[0]), delta(HALVES[1]), argumentsDone, itemDone], [item]),
  ],
  [
    "the end of the arguments at a Responses server",
    "responder/plain-model",
    responsesStream([added, argumentsDone, itemDone], [item]),
  ],
  ["the end of the item at a Responses server", "responder/plain-model", responsesStream([added, itemDone], [item])],
  ["the end of a Responses server's answer", "responder/plain-model", responsesStream([], [item])],
];

const WHOLE: readonly (readonly [model: string, Fixture])[] = [
  [
    "openai/gpt-4o-mini",
    completion({ content: null, tool_calls: [chatCall("call_1", "get_tide", TEXT)] }, "tool_calls"),
  ],
  ["responder/plain-model", response([item])],
  [
    "anthropic/claude-haiku-4-5",
    message([{ type: "tool_use", id: "call_1", name: "get_tide", input: ARGUMENTS }], "tool_use"),
  ],
  ["google/gemini-2.5-flash", generated([{ functionCall: { id: "call_1", name: "get_tide", args: ARGUMENTS } }])],
  ["cohere/command-a-03-2025", cohereAnswer({ tool_calls: [chatCall("call_1", "get_tide", TEXT)] }, "TOOL_CALL")],
  [
    "ollama/llama3.1",
    ollamaAnswer({ tool_calls: [{ id: "call_1", function: { name: "get_tide", arguments: ARGUMENTS } }] }),
  ],
];

export function describeArgumentsOfCalls(mesh: WireMesh): void {
  describe("the arguments of a call reach the caller exactly once, in whatever form and whenever they come", () => {
    it.each(STREAMS)("takes them from %s", async (_how, model, fixture) => {
      mesh.play(fixture);
      for (const edge of EDGES) {
        const told = await mesh.ask(edge, asked(edge, model, { ...withTools(edge), stream: true }));
        const calls = streamedCalls(edge, told);
        expect([edge, calls.map((call) => [call.name, JSON.parse(call.arguments || "null")])]).toEqual([
          edge,
          [["get_tide", ARGUMENTS]],
        ]);
      }
    });

    it.each(WHOLE)("takes them whole from %s", async (model, fixture) => {
      mesh.play(fixture);
      for (const edge of EDGES) {
        const calls = wholeCalls(edge, await mesh.ask(edge, asked(edge, model, withTools(edge))));
        expect([edge, calls.map((call) => [call.name, JSON.parse(call.arguments)])]).toEqual([
          edge,
          [["get_tide", ARGUMENTS]],
        ]);
      }
    });

    it.each([
      [
        "an empty input that nothing follows",
        "anthropic/claude-haiku-4-5",
        messageStream(toolBlock(0, "toolu_1", "get_tide"), "tool_use"),
      ],
      [
        "an empty fragment alone",
        "anthropic/claude-haiku-4-5",
        messageStream(toolBlock(0, "toolu_1", "get_tide", ""), "tool_use"),
      ],
      [
        "no text at all",
        "openai/gpt-4o-mini",
        chatStream([{ tool_calls: [chatCall("call_1", "get_tide", "", 0)] }], "tool_calls"),
      ],
    ])("takes %s for no arguments, which is {}", async (_what, model, fixture) => {
      mesh.play(fixture);
      for (const edge of ["chat", "responses"] as const) {
        const calls = streamedCalls(
          edge,
          await mesh.ask(edge, asked(edge, model, { ...withTools(edge), stream: true })),
        );
        expect([edge, calls.map((call) => call.arguments)]).toEqual([edge, ["{}"]]);
      }
    });

    it("tells no arguments as {} in the contract as well", async () => {
      await using vendor = await openVendor(
        "anthropic",
        messageStream(toolBlock(0, "toolu_1", "get_tide"), "tool_use"),
      );
      const deltas = await askStream(vendor, "claude-haiku-4-5");
      expect(deltas.flatMap(({ step }) => (step.case === "toolCallArguments" ? [step.value.fragment] : []))).toEqual([
        "{}",
      ]);
    });

    it("takes Anthropic's placeholder for no part of the arguments that follow", async () => {
      mesh.play(messageStream(toolBlock(0, "toolu_1", "get_tide", ...HALVES), "tool_use"));
      const told = await mesh.ask(
        "chat",
        asked("chat", "anthropic/claude-haiku-4-5", { ...withTools("chat"), stream: true }),
      );
      expect(streamedCalls("chat", told).map((call) => call.arguments)).toEqual([TEXT]);
    });
  });
}
