import { asked } from "./support/asked.ts";
import { chunk, chatStream, completion, DONE, usageChunk } from "./support/chat-wire.ts";
import { sse } from "./support/fixtures.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const TEXT = [{ role: "assistant", content: "" }, { content: "Ahoy." }];
const STREAM = { stream: true };
const WITH_USAGE = { stream: true, stream_options: { include_usage: true } };
const TOTALS = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 };

export function describeUsageOfStreams(mesh: WireMesh): void {
  describe("the usage of a stream is always asked for, told to who asked alone, and never passed off as counted", () => {
    const usagesOf = async (body: object) => {
      const told = await mesh.ask("chat", body);
      return told.events.flatMap(({ data }) => (data.usage === undefined || data.usage === null ? [] : [data.usage]));
    };

    it.each(["openai/gpt-4o-mini", "groq/openai/gpt-oss-20b", "plain/plain-model", "azure/gpt-4o"])(
      "asks %s for it though the caller does not",
      async (model) => {
        mesh.play(chatStream(TEXT));
        mesh.sent();
        await mesh.ask("chat", asked("chat", model, STREAM));
        expect(mesh.sent()).toEqual([
          expect.objectContaining({ stream: true, stream_options: { include_usage: true } }),
        ]);
      },
    );

    it("takes it from a last chunk without choices, and tells it in one to who asked", async () => {
      mesh.play(chatStream(TEXT));
      const told = await mesh.ask("chat", asked("chat", "openai/gpt-4o-mini", WITH_USAGE));
      const withUsage = told.events.filter(({ data }) => typeof data.usage === "object" && data.usage !== null);
      expect(withUsage.map(({ data }) => data)).toEqual([
        expect.objectContaining({ choices: [], usage: expect.objectContaining(TOTALS) }),
      ]);
    });

    it("takes it where choices and earlier usage are null", async () => {
      const chunks = TEXT.map((delta) => chunk(delta, null, { usage: null }));
      mesh.play(sse([...chunks, chunk({}, "stop", { usage: null }), usageChunk(undefined, null), DONE]));
      expect(await usagesOf(asked("chat", "plain/plain-model", WITH_USAGE))).toEqual([expect.objectContaining(TOTALS)]);
    });

    it("takes it from the chunk that ends the choice, and from every chunk as the last one says", async () => {
      mesh.play(
        sse([
          chunk({ content: "Ahoy." }, null, { usage: { prompt_tokens: 10, completion_tokens: 1 } }),
          chunk({}, "stop", { usage: TOTALS }),
          DONE,
        ]),
      );
      expect(await usagesOf(asked("chat", "plain/plain-model", WITH_USAGE))).toEqual([expect.objectContaining(TOTALS)]);
    });

    it("hides it from a caller who did not ask", async () => {
      mesh.play(chatStream(TEXT));
      const told = await mesh.ask("chat", asked("chat", "openai/gpt-4o-mini", STREAM));
      const chunks = told.events.filter(({ data }) => data !== "[DONE]");
      expect(chunks.length).toBeGreaterThan(1);
      expect(chunks.filter(({ data }) => "usage" in data || data.choices.length === 0)).toEqual([]);
    });

    it.each([
      ["null", null],
      ["never sent", undefined],
    ])("estimates usage that is %s, and marks the estimate", async (_what, usage) => {
      const estimated = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, estimated: true };
      mesh.play(
        sse([chunk({ content: "Ahoy." }), chunk({}, "stop"), ...(usage === null ? [usageChunk(null)] : []), DONE]),
      );
      expect(await usagesOf(asked("chat", "plain/plain-model", WITH_USAGE))).toEqual([
        expect.objectContaining(estimated),
      ]);
      mesh.play(completion(undefined, undefined, { usage }));
      const { body } = await mesh.ask("chat", asked("chat", "plain/plain-model"));
      expect(body.usage).toMatchObject(estimated);
    });

    it("marks an estimate in every dialect, and no count", async () => {
      const marks = async () => [
        (await mesh.ask("responses", asked("responses", "plain/plain-model"))).body.usage.estimated,
        (await mesh.ask("messages", asked("messages", "plain/plain-model"))).body.usage.estimated,
        (await mesh.ask("chat", asked("chat", "plain/plain-model"))).body.usage.estimated,
      ];
      mesh.play(completion(undefined, undefined, { usage: undefined }));
      expect(await marks()).toEqual([true, true, true]);
      mesh.play(completion());
      expect(await marks()).toEqual([undefined, undefined, undefined]);
    });
  });
}
