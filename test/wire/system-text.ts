import { message } from "./support/anthropic-wire.ts";
import { asked, offered } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { cohereAnswer } from "./support/cohere-wire.ts";
import { generated } from "./support/content-wire.ts";
import { ollamaAnswer } from "./support/ollama-wire.ts";
import { response } from "./support/responses-wire.ts";
import type { Edge, WireMesh } from "./support/start-wire-mesh.ts";

const HOUR = { type: "ephemeral", ttl: "1h" };
const USER = { role: "user", content: "Say ahoy." };
const TWO_BLOCKS = {
  system: [
    { type: "text", text: "Be brief." },
    { type: "text", text: "Be kind." },
  ],
};

const textsOf = (content: any): string[] =>
  typeof content === "string" ? [content] : content.map(({ text }: { text: string }) => text);

export function describeSystemText(mesh: WireMesh): void {
  describe("system text stands where each provider wants it, block by block, with its marks for the cache", () => {
    const sentFor = async (edge: Edge, body: object) => {
      mesh.sent();
      const { status } = await mesh.ask(edge, body);
      expect(status).toBe(200);
      return mesh.sent()[0];
    };
    const instructed = (model: string) => ({
      model,
      messages: [{ role: "system", content: "Be brief." }, { role: "developer", content: "Be kind." }, USER],
    });

    it("stands beside Anthropic's messages, one block for each", async () => {
      mesh.play(message());
      const sent = await sentFor("chat", instructed("anthropic/claude-haiku-4-5"));
      expect(textsOf(sent.system)).toEqual(["Be brief.", "Be kind."]);
      expect(sent.messages.map(({ role }: { role: string }) => role)).toEqual(["user"]);
    });

    it("is Gemini's systemInstruction, one part for each", async () => {
      mesh.play(generated());
      const sent = await sentFor("chat", instructed("google/gemini-2.5-flash"));
      expect(textsOf(sent.systemInstruction.parts)).toEqual(["Be brief.", "Be kind."]);
      expect(sent.contents.map(({ role }: { role: string }) => role)).toEqual(["user"]);
    });

    it.each([
      ["openai/gpt-4o-mini", completion(), ["developer", "system"]],
      ["plain/plain-model", completion(), ["system"]],
      ["cohere/command-a-03-2025", cohereAnswer(), ["system"]],
    ])("leads the messages of %s, and keeps its blocks apart", async (model, answer, roles) => {
      mesh.play(answer);
      const sent = await sentFor("messages", asked("messages", model, TWO_BLOCKS));
      const standing = sent.messages.filter(({ role }: { role: string }) => role !== "user");
      for (const { role } of standing) expect(roles).toContain(role);
      expect(sent.messages.slice(0, standing.length)).toEqual(standing);
      expect(standing.flatMap(({ content }: { content: unknown }) => textsOf(content))).toEqual([
        "Be brief.",
        "Be kind.",
      ]);
    });

    it("leads Ollama's messages, an empty line between its blocks where one text must hold them", async () => {
      mesh.play(ollamaAnswer());
      const sent = await sentFor("messages", asked("messages", "ollama/llama3.1", TWO_BLOCKS));
      expect(sent.messages[0]).toEqual({ role: "system", content: "Be brief.\n\nBe kind." });
    });

    it("leads the items or is the instructions of the Responses API", async () => {
      mesh.play(response());
      const sent = await sentFor("messages", asked("messages", "responder/plain-model", TWO_BLOCKS));
      const told = JSON.stringify([sent.instructions, sent.input]);
      expect(told.indexOf("Be brief.")).toBeGreaterThan(0);
      expect([
        told.indexOf("Be brief.") < told.indexOf("Be kind."),
        told.indexOf("Be kind.") < told.indexOf("Say ahoy."),
      ]).toEqual([true, true]);
    });

    it("keeps marks for the cache, with their ttl, on system text, tools and messages", async () => {
      mesh.play(message());
      const body = {
        ...asked("messages", "anthropic/claude-haiku-4-5"),
        system: [
          { type: "text", text: "Be brief.", cache_control: HOUR },
          { type: "text", text: "Be kind.", cache_control: { type: "ephemeral" } },
        ],
        tools: [{ ...offered("messages"), cache_control: HOUR }],
        messages: [
          {
            role: "user",
            content: [{ type: "text", text: "Say ahoy.", cache_control: { type: "ephemeral", ttl: "5m" } }],
          },
        ],
      };
      const sent = await sentFor("messages", body);
      const marks = [...sent.tools, ...sent.system, ...sent.messages[0].content].map(
        (block: { cache_control: { type: string; ttl?: string } }) => [
          block.cache_control.type,
          block.cache_control.ttl ?? "5m",
        ],
      );
      expect(marks).toEqual([
        ["ephemeral", "1h"],
        ["ephemeral", "1h"],
        ["ephemeral", "5m"],
        ["ephemeral", "5m"],
      ]);
    });

    it("keeps a mark that a caller of OpenAI's dialect sets", async () => {
      mesh.play(message());
      const marked = {
        role: "system",
        content: [
          { type: "text", text: "Be brief.", cache_control: HOUR },
          { type: "text", text: "Be kind." },
        ],
      };
      const sent = await sentFor("chat", { model: "anthropic/claude-haiku-4-5", messages: [marked, USER] });
      expect(sent.system).toEqual([
        { type: "text", text: "Be brief.", cache_control: HOUR },
        { type: "text", text: "Be kind." },
      ]);
    });
  });
}
