import { message } from "./support/anthropic-wire.ts";
import { asked, withTools } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { cohereAnswer } from "./support/cohere-wire.ts";
import { generated } from "./support/content-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const CLAUDE = "anthropic/claude-haiku-4-5";
const THINKING = { thinking: { type: "enabled", budget_tokens: 1_024 }, max_tokens: 4_096 };

export function describeToolChoice(mesh: WireMesh): void {
  describe("a choice of tools keeps its meaning from dialect to dialect", () => {
    const chosen = async (model: string, more: object) => {
      mesh.sent();
      const { status } = await mesh.ask("chat", asked("chat", model, { ...withTools("chat"), ...more }));
      expect(status).toBe(200);
      return mesh.sent()[0];
    };

    it.each([
      ["auto", { type: "auto" }],
      ["required", { type: "any" }],
      ["none", { type: "none" }],
      [
        { type: "function", function: { name: "get_tide" } },
        { type: "tool", name: "get_tide" },
      ],
    ])("tells Anthropic %j", async (choice, expected) => {
      mesh.play(message());
      expect((await chosen(CLAUDE, { tool_choice: choice })).tool_choice).toEqual(expected);
    });

    it.each([
      ["auto", { mode: "AUTO" }],
      ["required", { mode: "ANY" }],
      ["none", { mode: "NONE" }],
      [
        { type: "function", function: { name: "get_tide" } },
        { mode: "ANY", allowedFunctionNames: ["get_tide"] },
      ],
    ])("tells Gemini %j", async (choice, expected) => {
      mesh.play(generated());
      expect(
        (await chosen("google/gemini-2.5-flash", { tool_choice: choice })).toolConfig.functionCallingConfig,
      ).toEqual(expected);
    });

    it("tells Cohere and Mistral that a call is required in their own words", async () => {
      mesh.play(cohereAnswer());
      expect((await chosen("cohere/command-a-03-2025", { tool_choice: "required" })).tool_choice).toBe("REQUIRED");
      mesh.play(completion());
      expect((await chosen("mistral/mistral-small-2603", { tool_choice: "required" })).tool_choice).toBe("any");
    });

    it.each([
      [{ type: "any" }, "required"],
      [
        { type: "tool", name: "get_tide" },
        { type: "function", function: { name: "get_tide" } },
      ],
    ])("tells OpenAI what Anthropic calls %j", async (choice, expected) => {
      mesh.play(completion());
      mesh.sent();
      await mesh.ask(
        "messages",
        asked("messages", "openai/gpt-4o-mini", { ...withTools("messages"), tool_choice: choice }),
      );
      expect(mesh.sent()[0].tool_choice).toEqual(expected);
    });

    it("tells Anthropic to make one call at a time, with a choice of tools or without", async () => {
      mesh.play(message());
      expect((await chosen(CLAUDE, { parallel_tool_calls: false })).tool_choice).toEqual({
        type: "auto",
        disable_parallel_tool_use: true,
      });
      expect((await chosen(CLAUDE, { parallel_tool_calls: false, tool_choice: "required" })).tool_choice).toEqual({
        type: "any",
        disable_parallel_tool_use: true,
      });
      expect(
        (await chosen(CLAUDE, { parallel_tool_calls: true })).tool_choice?.disable_parallel_tool_use ?? false,
      ).toBe(false);
    });

    it("tells OpenAI to make one call at a time", async () => {
      mesh.play(completion());
      mesh.sent();
      await mesh.ask(
        "messages",
        asked("messages", "openai/gpt-4o-mini", {
          ...withTools("messages"),
          tool_choice: { type: "auto", disable_parallel_tool_use: true },
        }),
      );
      expect(mesh.sent()[0]).toMatchObject({ tool_choice: "auto", parallel_tool_calls: false });
    });

    it("never sends Anthropic thinking with a forced choice: says what gave way, or refuses where it is asked strictly", async () => {
      mesh.play(message());
      mesh.sent();
      const body = asked("messages", CLAUDE, { ...withTools("messages"), ...THINKING, tool_choice: { type: "any" } });
      const told = await mesh.ask("messages", body);
      const [sent] = mesh.sent();
      const thinks = (sent.thinking?.type ?? "disabled") !== "disabled";
      expect([thinks, sent.tool_choice.type === "any" || sent.tool_choice.type === "tool"]).not.toEqual([true, true]);
      expect(told.body.fairlead.adaptations).toEqual([
        expect.objectContaining({ field: expect.stringMatching(/^(thinking|tool_choice)/) }),
      ]);
      const refused = await mesh.ask("messages", body, { "x-fairlead-strict": "true" });
      expect([refused.status, refused.body.error.type, mesh.sent()]).toEqual([400, "invalid_request_error", []]);
    });
  });
}
