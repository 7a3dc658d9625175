import { message } from "./support/anthropic-wire.ts";
import { asked } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { generated } from "./support/content-wire.ts";
import { response } from "./support/responses-wire.ts";
import { EDGES, type WireMesh } from "./support/start-wire-mesh.ts";

const HOMES = {
  chat: "openai/gpt-4o-mini",
  responses: "responder/plain-model",
  messages: "anthropic/claude-haiku-4-5",
};
const ANSWERS = { chat: completion(), responses: response(), messages: message() };
const NEW = { knob_of_tomorrow: { level: 3, names: ["a"] } };

export function describeUnknownFields(mesh: WireMesh): void {
  describe("a field that nobody here knows reaches a provider of the caller's dialect, and is told as dropped to any other", () => {
    it.each(EDGES)("reaches a provider that speaks the dialect of callers of %s, as it was", async (edge) => {
      mesh.play(ANSWERS[edge]);
      mesh.sent();
      const { status, body } = await mesh.ask(edge, asked(edge, HOMES[edge], NEW), { "x-fairlead-strict": "true" });
      expect([status, body.fairlead?.adaptations]).toEqual([200, []]);
      expect(mesh.sent()[0]).toMatchObject(NEW);
    });

    it.each(EDGES)("is told as dropped to callers of %s where the provider speaks another dialect", async (edge) => {
      mesh.play(generated());
      mesh.sent();
      const { body } = await mesh.ask(edge, asked(edge, "google/gemini-2.5-flash", NEW));
      expect(JSON.stringify(mesh.sent())).not.toContain("knob_of_tomorrow");
      expect(body.fairlead.adaptations).toEqual([
        expect.objectContaining({
          field: expect.stringMatching(/unknown_fields\[0\]|knob_of_tomorrow/),
          kind: "dropped",
        }),
      ]);
    });

    it.each(EDGES)("is refused to callers of %s who ask strictly, and nothing is sent", async (edge) => {
      mesh.play(generated());
      mesh.sent();
      const { status } = await mesh.ask(edge, asked(edge, "google/gemini-2.5-flash", NEW), {
        "x-fairlead-strict": "true",
      });
      expect([status, mesh.sent()]).toEqual([400, []]);
    });

    it("reaches the provider inside of a block as well", async () => {
      mesh.play(message());
      mesh.sent();
      const content = [{ type: "text", text: "Say ahoy.", shade_of_tomorrow: "blue" }];
      await mesh.ask("messages", asked("messages", HOMES.messages, { messages: [{ role: "user", content }] }));
      expect(mesh.sent()[0].messages[0].content).toEqual(content);
      mesh.play(completion());
      const told = await mesh.ask("messages", asked("messages", HOMES.chat, { messages: [{ role: "user", content }] }));
      expect(JSON.stringify(mesh.sent())).not.toContain("shade_of_tomorrow");
      expect(told.body.fairlead.adaptations).toEqual([
        expect.objectContaining({ kind: "dropped", field: expect.stringMatching(/^messages\[0\]\.parts\[0\]/) }),
      ]);
    });
  });
}
