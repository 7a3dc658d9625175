import { message } from "./support/anthropic-wire.ts";
import { question } from "./support/ask-vendor.ts";
import { asked } from "./support/asked.ts";
import { openVendor } from "./support/open-vendor.ts";
import type { Edge, WireMesh } from "./support/start-wire-mesh.ts";

const CLAUDE = "anthropic/claude-haiku-4-5";
const STRICT = { "x-fairlead-strict": "true" };

export function describeBoundsOfAnthropic(mesh: WireMesh): void {
  describe("Anthropic always gets a bound of the answer, and only sampling that it takes", () => {
    const adapted = async (edge: Edge, body: object) => {
      mesh.play(message());
      mesh.sent();
      const told = await mesh.ask(edge, body);
      const [sent] = mesh.sent();
      return {
        sent,
        adaptations: told.body.fairlead.adaptations.map(({ field, kind }: { field: string; kind: string }) => [
          field,
          kind,
        ]),
      };
    };
    const refusedStrictly = async (edge: Edge, body: object) => {
      mesh.sent();
      const { status } = await mesh.ask(edge, body, STRICT);
      expect([status, mesh.sent()]).toEqual([400, []]);
    };

    it("bounds the answer of every model by a default of its own, which the model can give", async () => {
      await using vendor = await openVendor("anthropic", message());
      const { models } = vendor.adapter.description;
      expect(models.length).toBeGreaterThan(5);
      for (const { model, maxOutputTokens } of models) {
        await vendor.client.chat({ chat: question(model) });
        const { max_tokens: bound } = JSON.parse(vendor.server.requests.at(-1)?.body ?? "{}");
        expect([model, Number.isInteger(bound) && bound > 0 && bound <= maxOutputTokens]).toEqual([model, true]);
      }
    });

    it("hands on the bound that a caller sets, and refuses one of 0", async () => {
      expect((await adapted("chat", asked("chat", CLAUDE, { max_completion_tokens: 33 }))).sent.max_tokens).toBe(33);
      mesh.sent();
      const refused = [
        await mesh.ask("chat", asked("chat", CLAUDE, { max_tokens: 0 })),
        await mesh.ask("messages", asked("messages", CLAUDE, { max_tokens: 0 })),
      ];
      expect([refused.map(({ status }) => status), mesh.sent()]).toEqual([[400, 400], []]);
    });

    it("moves a temperature above 1 to 1 and says so, or refuses it where it is asked strictly", async () => {
      const body = asked("chat", CLAUDE, { temperature: 1.7 });
      const { sent, adaptations } = await adapted("chat", body);
      expect([sent.temperature, adaptations]).toEqual([1, [["temperature", "clamped"]]]);
      await refusedStrictly("chat", body);
    });

    it("says nothing of a temperature that it takes", async () => {
      const { sent, adaptations } = await adapted("chat", asked("chat", CLAUDE, { temperature: 0.4 }));
      expect([sent.temperature, adaptations]).toEqual([0.4, []]);
    });

    it("leaves sampling out where the model thinks and says so, or refuses it where it is asked strictly", async () => {
      const body = asked("messages", CLAUDE, {
        max_tokens: 4_096,
        thinking: { type: "enabled", budget_tokens: 1_024 },
        temperature: 0.3,
        top_k: 5,
      });
      const { sent, adaptations } = await adapted("messages", body);
      expect([sent.thinking.type, sent.temperature ?? 1, sent.top_k]).toEqual(["enabled", 1, undefined]);
      expect(adaptations).toEqual([
        ["temperature", "dropped"],
        ["top_k", "dropped"],
      ]);
      await refusedStrictly("messages", body);
    });

    it("leaves the bound room beyond the thinking", async () => {
      const { sent } = await adapted("chat", asked("chat", CLAUDE, { reasoning_effort: "high" }));
      expect(sent.thinking.type).toBe("enabled");
      expect(sent.max_tokens).toBeGreaterThan(sent.thinking.budget_tokens);
    });
  });
}
