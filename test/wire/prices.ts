import { asked } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { openVendor } from "./support/open-vendor.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const MILLIONS = completion(undefined, "stop", {
  usage: { prompt_tokens: 1_000_000, completion_tokens: 1_000_000, total_tokens: 2_000_000 },
});

export function describePrices(mesh: WireMesh): void {
  describe("a price that is not known is not zero, and a price holds from its day on", () => {
    it("tells no price of a model that has none, and never chooses it", async () => {
      await using vendor = await openVendor("plain", MILLIONS);
      const described = vendor.adapter.description.models.find(({ model }) => model === "priceless-model");
      expect(described?.prices).toEqual([]);
      mesh.play(MILLIONS);
      mesh.sent();
      const { status, body } = await mesh.ask("chat", asked("chat", "plain/priceless-model"));
      expect([status, body.error.code, mesh.sent()]).toEqual([503, "no_target", []]);
    });

    it("charges the price of the day, neither an earlier nor a later one", async () => {
      mesh.play(MILLIONS);
      const { body } = await mesh.ask("chat", asked("chat", "plain/plain-model"));
      expect(body.fairlead.cost_usd).toBe("3");
    });

    it("offers models whose longer prompts cost more only up to the length for which their price holds", async () => {
      await using vendor = await openVendor("openai");
      const described = vendor.adapter.description.models.find(({ model }) => model === "gpt-6.1-sol");
      expect(described?.contextWindowTokens).toBe(272_000);
    });
  });
}
