import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";
import { message } from "./support/anthropic-wire.ts";
import { askStream, askWhole } from "./support/ask-vendor.ts";
import { asked, withTools } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { generated, generatedStream } from "./support/content-wire.ts";
import { ollamaAnswer, ollamaStream } from "./support/ollama-wire.ts";
import { openVendor } from "./support/open-vendor.ts";
import { type Edge, EDGES, type WireMesh } from "./support/start-wire-mesh.ts";
import { WIRES } from "./support/wires.ts";

/** Words of the wires, and what they mean. */
const KNOWN: Readonly<Record<string, readonly (readonly [string, keyof typeof FinishReason])[]>> = {
  openai: [
    ["stop", "STOP"],
    ["length", "LENGTH"],
    ["tool_calls", "TOOL_CALLS"],
    ["function_call", "TOOL_CALLS"],
    ["content_filter", "CONTENT_FILTER"],
  ],
  responder: [
    ["", "STOP"],
    ["max_output_tokens", "LENGTH"],
    ["content_filter", "CONTENT_FILTER"],
  ],
  anthropic: [
    ["end_turn", "STOP"],
    ["max_tokens", "LENGTH"],
    ["model_context_window_exceeded", "LENGTH"],
    ["stop_sequence", "STOP_SEQUENCE"],
    ["tool_use", "TOOL_CALLS"],
    ["refusal", "CONTENT_FILTER"],
    ["pause_turn", "PAUSE"],
  ],
  google: [
    ["STOP", "STOP"],
    ["MAX_TOKENS", "LENGTH"],
    ["SAFETY", "CONTENT_FILTER"],
    ["RECITATION", "CONTENT_FILTER"],
    ["PROHIBITED_CONTENT", "CONTENT_FILTER"],
    ["BLOCKLIST", "CONTENT_FILTER"],
    ["SPII", "CONTENT_FILTER"],
  ],
  cohere: [
    ["COMPLETE", "STOP"],
    ["MAX_TOKENS", "LENGTH"],
    ["STOP_SEQUENCE", "STOP_SEQUENCE"],
    ["TOOL_CALL", "TOOL_CALLS"],
  ],
  ollama: [
    ["stop", "STOP"],
    ["length", "LENGTH"],
  ],
};

const NEVER_HEARD = "flux_lost";

const CALL = { functionCall: { name: "get_tide", args: { port: "Bergen" } } };
const OLLAMA_CALL = { tool_calls: [{ function: { name: "get_tide", arguments: { port: "Bergen" } } }] };

export function describeStopReasons(mesh: WireMesh): void {
  describe("every reason for which a model stops is understood or carried, and none is an error", () => {
    const whole = (edge: Edge, model: string, fixture: Fixture) => {
      mesh.play(fixture);
      return mesh.ask(edge, asked(edge, model, withTools(edge)));
    };

    it.each(WIRES)(
      "understands the words of $name, whole and streamed",
      async ({ provider, model, whole: answer, frames, stream }) => {
        await using vendor = await openVendor(provider);
        for (const [word, expected] of KNOWN[provider] ?? []) {
          vendor.server.play(answer(word));
          const { choices } = await askWhole(vendor, model);
          const { opening, text, end } = frames(word);
          vendor.server.play(stream([...opening, ...text, ...end]));
          const finished = (await askStream(vendor, model)).flatMap(({ step }) =>
            step.case === "finished" ? [step.value] : [],
          );
          expect([
            word,
            choices.map(({ finishReason }) => FinishReason[finishReason]),
            finished.map(({ reason }) => FinishReason[reason]),
          ]).toEqual([word, [expected], [expected]]);
        }
      },
    );

    it.each(WIRES)(
      "carries a word of $name that nobody knows, whole and streamed",
      async ({ provider, model, whole: answer, frames, stream }) => {
        await using vendor = await openVendor(provider, answer(NEVER_HEARD));
        const { choices } = await askWhole(vendor, model);
        expect(choices.map(({ finishReason, rawFinishReason }) => [finishReason, rawFinishReason])).toEqual([
          [FinishReason.OTHER, NEVER_HEARD],
        ]);
        const { opening, text, end } = frames(NEVER_HEARD);
        vendor.server.play(stream([...opening, ...text, ...end]));
        const finished = (await askStream(vendor, model)).flatMap(({ step }) =>
          step.case === "finished" ? [[step.value.reason, step.value.rawReason]] : [],
        );
        expect(finished).toEqual([[FinishReason.OTHER, NEVER_HEARD]]);
      },
    );

    it.each(EDGES)("tells callers of %s a word that nobody knows", async (edge) => {
      const { status, text } = await whole(edge, "anthropic/claude-haiku-4-5", message(undefined, NEVER_HEARD));
      expect([status, text]).toEqual([200, expect.stringContaining(`"${NEVER_HEARD}"`)]);
    });

    it("takes Anthropic's refusal for a content filter", async () => {
      const answer = message(undefined, "refusal");
      const told = await Promise.all([
        (await whole("chat", "anthropic/claude-haiku-4-5", answer)).body.choices[0].finish_reason,
        (await whole("responses", "anthropic/claude-haiku-4-5", answer)).body.incomplete_details,
      ]);
      expect(told).toEqual(["content_filter", { reason: "content_filter" }]);
      expect(
        (await whole("messages", "openai/gpt-4o-mini", completion(undefined, "content_filter"))).body.stop_reason,
      ).toBe("refusal");
    });

    it("takes a full context window of Anthropic for a limit of length, and gives its callers their word back", async () => {
      const answer = message(undefined, "model_context_window_exceeded");
      expect((await whole("chat", "anthropic/claude-haiku-4-5", answer)).body.choices[0].finish_reason).toBe("length");
      expect((await whole("messages", "anthropic/claude-haiku-4-5", answer)).body.stop_reason).toBe(
        "model_context_window_exceeded",
      );
    });

    it("tells a paused turn apart from every other end", async () => {
      const answer = message(undefined, "pause_turn");
      expect((await whole("messages", "anthropic/claude-haiku-4-5", answer)).body.stop_reason).toBe("pause_turn");
      expect((await whole("chat", "anthropic/claude-haiku-4-5", answer)).body.choices[0]).toMatchObject({
        finish_reason: "stop",
        native_finish_reason: "pause_turn",
      });
    });

    it.each([
      ["google/gemini-2.5-flash", "whole", generated([CALL])],
      ["google/gemini-2.5-flash", "streamed", generatedStream([[CALL], []])],
      ["ollama/llama3.1", "whole", ollamaAnswer(OLLAMA_CALL)],
      ["ollama/llama3.1", "streamed", ollamaStream([OLLAMA_CALL])],
    ])("tells by the calls of %s that it waits for tools, %s", async (model, how, answer) => {
      mesh.play(answer);
      const told = await mesh.ask("chat", asked("chat", model, { ...withTools("chat"), stream: how === "streamed" }));
      const choice =
        told.body?.choices[0] ?? told.events.findLast(({ data }) => data.choices?.[0]?.finish_reason)?.data.choices[0];
      expect(choice.finish_reason).toBe("tool_calls");
    });
  });
}
