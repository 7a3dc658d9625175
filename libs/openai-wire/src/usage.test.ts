import { tokenUsage } from "@fairlead/adapter-kit/token-usage";
import { fromChatUsage, fromResponsesUsage } from "./usage.ts";

describe("usage", () => {
  it.each([
    ["OpenAI", { prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 } }, { cacheReadTokens: 60, cacheWriteTokens: 10, inputTokens: 30 }],
    ["DeepSeek", { prompt_cache_hit_tokens: 40, prompt_cache_miss_tokens: 60 }, { cacheReadTokens: 40, inputTokens: 60 }],
    ["Moonshot", { cached_tokens: 40 }, { cacheReadTokens: 40, inputTokens: 60 }],
    ["Mistral", { num_cached_tokens: 40 }, { cacheReadTokens: 40, inputTokens: 60 }],
  ])("reads cached tokens where %s writes them", (_name, more, buckets) => {
    expect(fromChatUsage({ prompt_tokens: 100, completion_tokens: 5, ...more })).toEqual(tokenUsage({ outputTokens: 5, ...buckets }));
  });

  it("counts reasoning inside the completion, unless the total shows that it comes on top", () => {
    const usage = { prompt_tokens: 10, completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 15 } };
    expect(fromChatUsage({ ...usage, total_tokens: 30 })).toEqual(tokenUsage({ inputTokens: 10, outputTokens: 5, reasoningTokens: 15 }));
    expect(fromChatUsage({ ...usage, total_tokens: 45 })).toEqual(tokenUsage({ inputTokens: 10, outputTokens: 20, reasoningTokens: 15 }));
    expect(fromChatUsage(usage)).toEqual(tokenUsage({ inputTokens: 10, outputTokens: 5, reasoningTokens: 15 }));
  });

  it("keeps sound and pictures apart", () => {
    const usage = { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { audio_tokens: 30, image_tokens: 20 }, completion_tokens_details: { audio_tokens: 25, image_tokens: 5 } };
    expect(fromChatUsage(usage)).toEqual(tokenUsage({ inputTokens: 50, audioInputTokens: 30, imageInputTokens: 20, outputTokens: 20, audioOutputTokens: 25, imageOutputTokens: 5 }));
  });

  it("reads the counts of the Responses API into the same buckets", () => {
    const usage = { input_tokens: 100, output_tokens: 50, input_tokens_details: { cached_tokens: 60, cache_write_tokens: 8 }, output_tokens_details: { reasoning_tokens: 30 }, total_tokens: 150 };
    expect(fromResponsesUsage(usage)).toEqual(tokenUsage({ cacheReadTokens: 60, cacheWriteTokens: 8, inputTokens: 32, outputTokens: 20, reasoningTokens: 30 }));
  });

  it("is never more than was told, and none where none was", () => {
    expect(fromChatUsage({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9e99, audio_tokens: 3 }, completion_tokens: -4 })).toEqual(tokenUsage({ cacheReadTokens: 5 }));
    expect(fromChatUsage(null)).toBeUndefined();
    expect(fromResponsesUsage({})).toBeUndefined();
  });
});
