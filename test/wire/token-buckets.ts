import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { message } from "./support/anthropic-wire.ts";
import { askWhole } from "./support/ask-vendor.ts";
import { asked } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { generated } from "./support/content-wire.ts";
import { openVendor } from "./support/open-vendor.ts";
import { response } from "./support/responses-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

/** The same use of 100 tokens in, 60 of them cached, and 30 out, 12 of them thought. */
const ALIKE: readonly (readonly [provider: string, model: string, Fixture])[] = [
  [
    "openai",
    "gpt-4o-mini",
    completion(undefined, "stop", {
      usage: {
        prompt_tokens: 100,
        completion_tokens: 30,
        total_tokens: 130,
        prompt_tokens_details: { cached_tokens: 60 },
        completion_tokens_details: { reasoning_tokens: 12 },
      },
    }),
  ],
  [
    "responder",
    "plain-model",
    response(undefined, {
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60 },
        output_tokens: 30,
        output_tokens_details: { reasoning_tokens: 12 },
        total_tokens: 130,
      },
    }),
  ],
  [
    "google",
    "gemini-2.5-flash",
    generated(undefined, undefined, {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 18,
      thoughtsTokenCount: 12,
      totalTokenCount: 130,
    }),
  ],
];

const ANTHROPIC = message(undefined, undefined, {
  usage: { input_tokens: 25, cache_read_input_tokens: 60, cache_creation_input_tokens: 15, output_tokens: 30 },
});

export function describeTokenBuckets(mesh: WireMesh): void {
  describe("tokens are kept in buckets that do not overlap, and each dialect's totals are rebuilt from them", () => {
    it.each(ALIKE)("takes cached and reasoning tokens out of the totals of %s", async (provider, model, fixture) => {
      await using vendor = await openVendor(provider, fixture);
      const { usage } = await askWhole(vendor, model);
      expect(usage).toMatchObject({
        inputTokens: 40,
        cacheReadTokens: 60,
        cacheWriteTokens: 0,
        outputTokens: 18,
        reasoningTokens: 12,
        estimated: false,
      });
    });

    it("leaves Anthropic's cached tokens beside its input", async () => {
      await using vendor = await openVendor("anthropic", ANTHROPIC);
      const { usage } = await askWhole(vendor, "claude-haiku-4-5");
      expect(usage).toMatchObject({
        inputTokens: 25,
        cacheReadTokens: 60,
        cacheWriteTokens: 15,
        outputTokens: 30,
        reasoningTokens: 0,
      });
    });

    it("counts audio and images apart", async () => {
      const details = {
        prompt_tokens_details: { audio_tokens: 30, cached_tokens: 20 },
        completion_tokens_details: { audio_tokens: 9 },
      };
      await using openai = await openVendor(
        "openai",
        completion(undefined, "stop", {
          usage: { prompt_tokens: 100, completion_tokens: 30, total_tokens: 130, ...details },
        }),
      );
      expect((await askWhole(openai, "gpt-4o-mini")).usage).toMatchObject({
        inputTokens: 50,
        cacheReadTokens: 20,
        audioInputTokens: 30,
        outputTokens: 21,
        audioOutputTokens: 9,
      });
      const promptTokensDetails = [
        { modality: "TEXT", tokenCount: 40 },
        { modality: "IMAGE", tokenCount: 25 },
        { modality: "AUDIO", tokenCount: 35 },
      ];
      await using google = await openVendor(
        "google",
        generated(undefined, undefined, {
          promptTokenCount: 100,
          candidatesTokenCount: 30,
          totalTokenCount: 130,
          promptTokensDetails,
        }),
      );
      expect((await askWhole(google, "gemini-2.5-flash")).usage).toMatchObject({
        inputTokens: 40,
        imageInputTokens: 25,
        audioInputTokens: 35,
        outputTokens: 30,
      });
    });

    it("rebuilds the totals of OpenAI's chat completions", async () => {
      mesh.play(ANTHROPIC);
      const { body } = await mesh.ask("chat", asked("chat", "anthropic/claude-haiku-4-5"));
      expect(body.usage).toMatchObject({
        prompt_tokens: 100,
        completion_tokens: 30,
        total_tokens: 130,
        prompt_tokens_details: { cached_tokens: 60 },
      });
    });

    it("rebuilds the totals of the Responses API", async () => {
      mesh.play(ANTHROPIC);
      const { body } = await mesh.ask("responses", asked("responses", "anthropic/claude-haiku-4-5"));
      expect(body.usage).toMatchObject({
        input_tokens: 100,
        output_tokens: 30,
        total_tokens: 130,
        input_tokens_details: { cached_tokens: 60 },
      });
    });

    it.each(ALIKE)("rebuilds Anthropic's counts from those of %s", async (provider, model, fixture) => {
      mesh.play(fixture);
      const { body } = await mesh.ask("messages", asked("messages", `${provider}/${model}`));
      expect(body.usage).toEqual({
        input_tokens: 40,
        cache_read_input_tokens: 60,
        cache_creation_input_tokens: 0,
        output_tokens: 30,
      });
    });

    it.each(ALIKE)("gives OpenAI's callers back the totals of %s", async (provider, model, fixture) => {
      mesh.play(fixture);
      const { body } = await mesh.ask("chat", asked("chat", `${provider}/${model}`));
      expect(body.usage).toMatchObject({
        prompt_tokens: 100,
        completion_tokens: 30,
        total_tokens: 130,
        prompt_tokens_details: { cached_tokens: 60 },
        completion_tokens_details: { reasoning_tokens: 12 },
      });
    });
  });
}
