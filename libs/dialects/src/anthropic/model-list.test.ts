import { create } from "@bufbuild/protobuf";
import { ModelKind } from "@fairlead/contracts/adapter/v1/model";
import { ListModelsResponseSchema } from "@fairlead/contracts/routing/v1/router_service";
import { parseModelPage, toModelInfos, toModelPage } from "./model-list.ts";

const listed = create(ListModelsResponseSchema, {
  models: [
    { provider: "anthropic", description: { model: "claude-x", kind: ModelKind.CHAT, contextWindowTokens: 200_000, maxOutputTokens: 64_000 } },
    { provider: "bedrock", description: { model: "claude-x", kind: ModelKind.CHAT, contextWindowTokens: 200_000 } },
    { provider: "openai", description: { model: "vectors", kind: ModelKind.EMBEDDING } },
  ],
});
const infos = toModelInfos(listed);
const page = (query: string) => {
  const wanted = parseModelPage(query);
  if (wanted.kind === "invalid") return wanted.violations.map(({ field, rule }) => `${field}: ${rule}`);
  const { data, ...rest } = toModelPage(infos, wanted.value);
  return { ...rest, data: data.map(({ id }) => id) };
};

describe("Anthropic's list of models", () => {
  it("names what can be chatted with, by its own id once and by provider and id", () => {
    const info = (id: string, max_tokens: number | null) => ({ type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z", max_input_tokens: 200_000, max_tokens });
    expect(infos).toEqual([info("claude-x", 64_000), info("anthropic/claude-x", 64_000), info("bedrock/claude-x", null)]);
  });

  const all = ["claude-x", "anthropic/claude-x", "bedrock/claude-x"];

  it.each([
    ["", { data: all, has_more: false, first_id: "claude-x", last_id: "bedrock/claude-x" }],
    ["limit=2&beta=true", { data: all.slice(0, 2), has_more: true, first_id: "claude-x", last_id: "anthropic/claude-x" }],
    ["limit=2&after_id=anthropic%2Fclaude-x", { data: all.slice(2), has_more: false, first_id: "bedrock/claude-x", last_id: "bedrock/claude-x" }],
    ["limit=1&before_id=bedrock/claude-x", { data: all.slice(1, 2), has_more: true, first_id: "anthropic/claude-x", last_id: "anthropic/claude-x" }],
    ["after_id=gone", { data: [], has_more: false, first_id: null, last_id: null }],
    ["limit=0", ["limit: min"]],
    ["limit=many", ["limit: type"]],
  ])("is told in pages: %s", (query, expected) => {
    expect(page(query)).toEqual(expected);
  });
});
