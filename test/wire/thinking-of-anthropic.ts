import { create } from "@bufbuild/protobuf";
import { ChatRequestSchema } from "@fairlead/contracts/chat/v1/chat_request";
import { MessageSchema, Role } from "@fairlead/contracts/chat/v1/message";
import { message } from "./support/anthropic-wire.ts";
import { question } from "./support/ask-vendor.ts";
import { asked, withTools } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { handBack } from "./support/hand-back.ts";
import { openVendor } from "./support/open-vendor.ts";
import { EDGES, type WireMesh } from "./support/start-wire-mesh.ts";

const CLAUDE = "anthropic/claude-sonnet-4-5";
const THOUGHT = { type: "thinking", thinking: "Tides turn.", signature: "c2lnbmF0dXJlLW9uZQ==" };
const HIDDEN = { type: "redacted_thinking", data: "b3BhcXVlLW9uZQ==" };
const CALL = { type: "tool_use", id: "toolu_1", name: "get_tide", input: { port: "Bergen" } };
const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "high" };
const THINKING = { thinking: { type: "enabled", budget_tokens: 1_024 }, max_tokens: 4_096 };

/** A turn that goes on after a call, with the blocks of the model before it. */
const after = (model: string, blocks: readonly object[], more: object = {}) => {
  const messages = [
    { role: "user", content: "Tide?" },
    { role: "assistant", content: [...blocks, CALL] },
    { role: "user", content: [RESULT] },
  ];
  return { ...asked("messages", model, { ...withTools("messages"), ...THINKING }), messages, ...more };
};

export function describeThinkingOfAnthropic(mesh: WireMesh): void {
  describe("Anthropic's thinking goes back before the call that it led to, with its signature, or not at all", () => {
    it.each(EDGES)("comes back as it was made from callers of %s", async (edge) => {
      mesh.play(message([THOUGHT, HIDDEN, { type: "text", text: "Let me see." }, CALL], "tool_use"));
      const include = edge === "responses" ? { include: ["reasoning.encrypted_content"] } : {};
      const body = asked(edge, CLAUDE, { ...withTools(edge), ...include });
      const told = await mesh.ask(edge, body);
      mesh.sent();
      await mesh.ask(edge, handBack(edge, { ...body, ...(edge === "messages" ? THINKING : {}) }, told));
      const turn = mesh.sent()[0].messages.find(({ role }: { role: string }) => role === "assistant");
      expect(turn.content.map(({ type }: { type: string }) => type)).toEqual([
        "thinking",
        "redacted_thinking",
        "text",
        "tool_use",
      ]);
      expect(turn.content.slice(0, 2)).toEqual([THOUGHT, HIDDEN]);
    });

    it("is never sent without its signature: that is said, or refused where it is asked strictly", async () => {
      mesh.play(message());
      mesh.sent();
      const body = after(CLAUDE, [{ ...THOUGHT, signature: "" }]);
      const told = await mesh.ask("messages", body);
      expect(JSON.stringify(mesh.sent())).not.toContain("Tides turn.");
      expect(told.body.fairlead.adaptations).toContainEqual(
        expect.objectContaining({ field: "messages[1].parts[0].reasoning", kind: "dropped" }),
      );
      const refused = await mesh.ask("messages", body, { "x-fairlead-strict": "true" });
      expect([refused.status, mesh.sent()]).toEqual([400, []]);
    });

    it("is not sent without its signature though it is known to be Anthropic's own", async () => {
      await using vendor = await openVendor("anthropic", message());
      const reasoning = { case: "reasoning" as const, value: { text: "Tides turn.", provider: "anthropic" } };
      const { messages } = create(ChatRequestSchema, question("claude-sonnet-4-5"));
      const thought = create(MessageSchema, { role: Role.ASSISTANT, parts: [{ content: reasoning }] });
      await vendor.client.chat({ chat: { model: "claude-sonnet-4-5", messages: [...messages, thought, ...messages] } });
      expect(vendor.server.requests[0]?.body).not.toContain("Tides turn.");
    });

    it("is stripped on the way to another family, which the answer says and a strict caller is refused", async () => {
      mesh.play(completion());
      mesh.sent();
      const told = await mesh.ask("messages", after("openai/gpt-4o-mini", [THOUGHT, HIDDEN]));
      expect(JSON.stringify(mesh.sent())).not.toMatch(/Tides turn|c2lnbmF0dXJlLW9uZQ|b3BhcXVlLW9uZQ/);
      expect(
        told.body.fairlead.adaptations.filter(({ field }: { field: string }) => field.startsWith("messages[")),
      ).toEqual([
        expect.objectContaining({ field: "messages[1].parts[0].reasoning", kind: "dropped" }),
        expect.objectContaining({ field: "messages[1].parts[1].reasoning", kind: "dropped" }),
      ]);
      expect(
        (await mesh.ask("messages", after("openai/gpt-4o-mini", [THOUGHT]), { "x-fairlead-strict": "true" })).status,
      ).toBe(400);
    });

    it("is stripped when another family takes over, which the answer says", async () => {
      const failed = {
        status: 500,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ type: "error", error: { type: "api_error", message: "No." } }),
      };
      mesh.play(({ path }) => (path.includes("/chat/completions") ? completion() : failed));
      mesh.sent();
      const fairlead = { disable_fallback: false, fallback_models: ["openai/gpt-4o-mini"] };
      const told = await mesh.ask("messages", { ...after(CLAUDE, [THOUGHT]), fairlead });
      const bodies = mesh.sent();
      expect([told.status, told.body.fairlead.fell_back, told.body.fairlead.provider]).toEqual([200, true, "openai"]);
      expect(JSON.stringify(bodies[0])).toContain(THOUGHT.signature);
      expect(JSON.stringify(bodies.at(-1))).not.toMatch(/Tides turn|c2lnbmF0dXJlLW9uZQ/);
      expect(told.body.fairlead.adaptations).toContainEqual(
        expect.objectContaining({ field: "messages[1].parts[0].reasoning", kind: "dropped" }),
      );
    });
  });
}
