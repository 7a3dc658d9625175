import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { messageStart, textBlock } from "./support/anthropic-wire.ts";
import { askStream, failureOf } from "./support/ask-vendor.ts";
import { asked } from "./support/asked.ts";
import { chunk, DONE } from "./support/chat-wire.ts";
import { dataFrame, namedFrame, sse } from "./support/fixtures.ts";
import { openVendor } from "./support/open-vendor.ts";
import { completed, CREATED, messageFrames, messageItem } from "./support/responses-wire.ts";
import { EDGES, type Told, type WireMesh } from "./support/start-wire-mesh.ts";
import { WIRES } from "./support/wires.ts";

const OVERLOADED = namedFrame({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as never);
const ENDS = /message_stop|response\.completed|\[DONE\]|"stop"|end_turn/;

export function describeFailingStreams(mesh: WireMesh): void {
  describe("a stream that began with 200 may still fail, and one without its last event has failed", () => {
    const streamed = (edge: (typeof EDGES)[number], model: string, fixture: Fixture): Promise<Told> => {
      mesh.play(fixture);
      return mesh.ask(edge, asked(edge, model, { stream: true }));
    };

    it.each(WIRES)(
      "takes an error in the middle of a stream of $name for a failure",
      async ({ provider, model, stop, frames, error, stream }) => {
        const { opening, text, end } = frames(stop);
        await using vendor = await openVendor(provider, stream([...opening, ...text, error, ...end]));
        expect((await failureOf(askStream(vendor, model))).code).toBe("PROVIDER_ERROR");
      },
    );

    it.each(WIRES)(
      "takes an error after what opens a stream of $name for a failure",
      async ({ provider, model, stop, frames, error, stream }) => {
        await using vendor = await openVendor(provider, stream([...frames(stop).opening, error]));
        expect((await failureOf(askStream(vendor, model))).code).toBe("PROVIDER_ERROR");
      },
    );

    it.each(WIRES)(
      "takes a stream of $name without its end for a failure, wherever it is cut off",
      async ({ provider, model, stop, frames, stream }) => {
        const { opening, text } = frames(stop);
        await using vendor = await openVendor(provider);
        const before = [...opening, ...text];
        for (let count = 0; count <= before.length; count++) {
          vendor.server.play(stream(before.slice(0, count)));
          expect([count, (await failureOf(askStream(vendor, model))).code]).toEqual([count, "MALFORMED_ANSWER"]);
        }
      },
    );

    it.each(WIRES)(
      "takes a stream of $name whose connection breaks for a failure",
      async ({ provider, model, stop, frames, stream }) => {
        const { opening, text } = frames(stop);
        await using vendor = await openVendor(provider, stream([...opening, ...text], { ending: "reset" }));
        expect((await failureOf(askStream(vendor, model))).code).toBe("PROVIDER_UNREACHABLE");
      },
    );

    it("tells Anthropic's overload inside of a stream by its status, as long as nothing was said", async () => {
      const told = await streamed("messages", "anthropic/claude-haiku-4-5", sse([messageStart(), OVERLOADED]));
      expect([told.status, told.body.error.type]).toEqual([529, "overloaded_error"]);
      const other = await streamed("chat", "anthropic/claude-sonnet-4-5", sse([messageStart(), OVERLOADED]));
      expect([other.status, other.body.error.code]).toEqual([503, "overloaded"]);
    });

    it("takes an error object among OpenAI's chunks for what it says", async () => {
      const error = { error: { message: "Rate limit reached.", type: "requests", code: "rate_limit_exceeded" } };
      await using vendor = await openVendor("openai", sse([chunk({ role: "assistant" }), dataFrame(error), DONE]));
      expect((await failureOf(askStream(vendor, "gpt-4o-mini"))).code).toBe("RATE_LIMITED");
    });

    it("takes a response that failed for what it says", async () => {
      const failed = {
        type: "response.failed",
        response: { id: "resp_1", status: "failed", error: { code: "rate_limit_exceeded", message: "Slow down." } },
      };
      await using vendor = await openVendor("responder", sse([CREATED, namedFrame(failed)]));
      expect((await failureOf(askStream(vendor, "plain-model"))).code).toBe("RATE_LIMITED");
    });

    it.each(EDGES)("tells callers of %s by an error event, and sends them no end", async (edge) => {
      const { status, events, text } = await streamed(
        edge,
        "anthropic/claude-haiku-4-5",
        sse([messageStart(), ...textBlock(0, "Ahoy.")]),
      );
      const last = events.at(-1);
      expect([status, text]).toEqual([200, expect.stringContaining("Ahoy.")]);
      expect((last?.data.error ?? last?.data.response?.error ?? last?.data)?.message).toMatch(/\w/);
      expect(text).not.toMatch(ENDS);
    });

    it("ends a response without [DONE], whether the provider sends one or not", async () => {
      const frames = [CREATED, ...messageFrames(["Ahoy."]), completed([messageItem("Ahoy.")])];
      const plain = await streamed("responses", "responder/plain-model", sse(frames));
      const marked = await streamed("responses", "responder/plain-model", sse([...frames, DONE]));
      expect([plain, marked].map(({ events }) => events.at(-1)?.event)).toEqual([
        "response.completed",
        "response.completed",
      ]);
      expect([plain.text, marked.text].filter((text) => text.includes("[DONE]"))).toEqual([]);
      expect((await streamed("chat", "responder/plain-model", sse(frames))).events.at(-1)?.data).toBe("[DONE]");
    });
  });
}
