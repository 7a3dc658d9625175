import { readListing, toModelEntry } from "./server-models.ts";

const listed = (name: string, remote = false) => ({ name, digest: "d", remote });
const shown = (more: object = {}) => ({ capabilities: ["completion"], details: { parameter_size: "8.0B" }, model_info: { "general.architecture": "llama", "llama.context_length": 8_192 }, ...more });

describe("the list of a server's models", () => {
  it("is read without what cannot be asked for, and no further than it may", () => {
    const models = [{ model: "a:latest", digest: "1" }, { name: "b" }, { model: "no spaces" }, null, { model: "c", remote_host: "https://ollama.com" }, { model: "d" }];
    expect(readListing({ models }, 5)).toEqual([{ name: "a:latest", digest: "1", remote: false }, { name: "b", digest: "", remote: false }, { name: "c", digest: "", remote: true }]);
    expect(readListing("text", 5)).toEqual([]);
  });
});

describe("a model that a server shows", () => {
  it.each<[string, object, object]>([
    ["what it can do", shown({ capabilities: ["completion", "tools", "vision", "thinking", "insert"] }), { kind: "chat", capabilities: ["streaming", "structured_output", "tools", "vision", "reasoning"] }],
    ["that it makes vectors", shown({ capabilities: ["embedding"] }), { kind: "embedding", capabilities: [], max_output_tokens: 0 }],
    ["tools by its template where older servers tell nothing", shown({ capabilities: undefined, template: "{{ if .Tools }}" }), { kind: "chat", capabilities: ["streaming", "structured_output", "tools"] }],
    ["an encoder where older servers tell nothing", shown({ capabilities: undefined, model_info: { "general.architecture": "nomic-bert" } }), { kind: "embedding", context_window_tokens: 4_096 }],
    ["its size in millions", shown({ details: { parameter_size: "270M" } }), { tier: "efficient", strengths: { overall: 0.24 } }],
    ["its size by its parameters", shown({ details: {}, model_info: { "general.parameter_count": 70_000_000_000 } }), { tier: "flagship", strengths: { overall: 0.72 }, typical_tokens_per_second: 6 }],
    ["levels of thinking", shown({ model_info: { "general.architecture": "gptoss" } }), { traits: { think_levels: true } }],
    ["the context that its maker gave it", shown({ parameters: "num_ctx    4096\nstop \"x\"" }), { traits: { num_ctx: 4_096 } }],
  ])("tells %s", (_what, told, expected) => {
    expect(toModelEntry(listed("m:8b"), told)).toMatchObject({ model: "m:8b", aliases: [], ...expected });
  });

  it("is of no use where it neither answers nor makes vectors", () => {
    expect(toModelEntry(listed("m"), shown({ capabilities: ["rerank"] }))).toBeUndefined();
  });
});
