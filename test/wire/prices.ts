import { asked } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { openVendor } from "./support/open-vendor.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const MILLIONS = used(1_000_000, 0);

function used(prompt: number, cached: number) {
  return completion(undefined, "stop", {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: 1_000_000,
      total_tokens: prompt + 1_000_000,
      prompt_tokens_details: { cached_tokens: cached },
    },
  });
}

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

    it.each([
      [1_000_000, 0, "3"],
      [1_000_001, 0, "5.000002"],
      [1_000_000, 900_000, "2.19"],
      [1_000_001, 900_000, "3.380002"],
    ])("charges %s tokens of prompt, %s of them cached, at the rates of its length", async (prompt, cached, dollars) => {
      mesh.play(used(prompt, cached));
      const { body } = await mesh.ask("chat", asked("chat", "plain/stepped-model"));
      expect(body.fairlead.cost_usd).toBe(dollars);
    });

    it("tells from which length of prompts a model costs more, and offers it for those too", async () => {
      await using vendor = await openVendor("openai");
      const described = vendor.adapter.description.models.find(({ model }) => model === "gpt-6.1-sol");
      expect(described?.contextWindowTokens).toBe(1_050_000);
      expect(described?.prices).toMatchObject([
        { input: 2_000_000_000n, longPrompt: [{ aboveTokens: 272_000, input: 4_000_000_000n, output: 15_000_000_000n }] },
      ]);
    });
  });
}
