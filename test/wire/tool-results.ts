import { message } from "./support/anthropic-wire.ts";
import { asked, offered, withTools } from "./support/asked.ts";
import { chatCall, completion } from "./support/chat-wire.ts";
import { generated } from "./support/content-wire.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";

const CALLS = [
  chatCall("call_1", "get_tide", '{"port":"Bergen"}'),
  chatCall("call_2", "get_wind", '{"port":"Bergen"}'),
];
const TOOLS = { tools: [offered("chat", "get_tide"), offered("chat", "get_wind")] };

/** A conversation in which both tools have answered. */
const answered = (model: string, first: string, second: string, after: readonly object[] = []) => {
  const results = [
    { role: "tool", tool_call_id: "call_2", content: second },
    { role: "tool", tool_call_id: "call_1", content: first },
  ];
  return {
    model,
    ...TOOLS,
    messages: [
      { role: "user", content: "Tide and wind?" },
      { role: "assistant", content: null, tool_calls: CALLS },
      ...results,
      ...after,
    ],
  };
};

export function describeToolResults(mesh: WireMesh): void {
  describe("results of tools reach each provider in the turn and the form that it wants", () => {
    const sentTo = async (body: object) => {
      mesh.sent();
      const { status } = await mesh.ask("chat", body);
      return [status, ...mesh.sent()];
    };

    it("makes one user's turn for Anthropic of results in a row", async () => {
      mesh.play(message());
      const [status, body] = await sentTo(answered("anthropic/claude-haiku-4-5", "high", "calm"));
      expect([status, body.messages.map(({ role }: { role: string }) => role)]).toEqual([
        200,
        ["user", "assistant", "user"],
      ]);
      const results = body.messages[2].content;
      expect(results.map((one: { type: string; tool_use_id: string }) => [one.type, one.tool_use_id]).sort()).toEqual([
        ["tool_result", "call_1"],
        ["tool_result", "call_2"],
      ]);
      expect(JSON.stringify(results.find((one: { tool_use_id: string }) => one.tool_use_id === "call_1"))).toContain(
        "high",
      );
    });

    it("puts what the user says after the results into the same turn, behind them", async () => {
      mesh.play(message());
      const [, body] = await sentTo(
        answered("anthropic/claude-haiku-4-5", "high", "calm", [{ role: "user", content: "Well?" }]),
      );
      expect(body.messages[2].content.map(({ type }: { type: string }) => type)).toEqual([
        "tool_result",
        "tool_result",
        "text",
      ]);
    });

    it("makes a message for OpenAI of each of Anthropic's results in a turn", async () => {
      mesh.play(completion());
      mesh.sent();
      const use = (id: string, name: string) => ({ type: "tool_use", id, name, input: {} });
      const result = (id: string, content: string) => ({ type: "tool_result", tool_use_id: id, content });
      const messages = [
        { role: "user", content: "Tide and wind?" },
        { role: "assistant", content: [use("toolu_1", "get_tide"), use("toolu_2", "get_wind")] },
        {
          role: "user",
          content: [result("toolu_1", "high"), result("toolu_2", "calm"), { type: "text", text: "Well?" }],
        },
      ];
      await mesh.ask("messages", { ...asked("messages", "openai/gpt-4o-mini", withTools("messages")), messages });
      const turns = mesh.sent()[0].messages.map(({ role, tool_call_id: id }: Record<string, string>) => [role, id]);
      expect(turns.slice(2)).toEqual([
        ["tool", "toolu_1"],
        ["tool", "toolu_2"],
        ["user", undefined],
      ]);
    });

    it("finds the name of the tool for Gemini by the id of the call, and wraps what is no object", async () => {
      mesh.play(generated());
      const [status, body] = await sentTo(answered("google/gemini-2.5-flash", '{"height":3}', "calm"));
      const responses = body.contents.at(-1).parts.map((part: { functionResponse: object }) => part.functionResponse);
      expect(status).toBe(200);
      expect(responses).toEqual([
        expect.objectContaining({ name: "get_tide", response: { height: 3 } }),
        expect.objectContaining({ name: "get_wind", response: { output: "calm" } }),
      ]);
    });

    it("wraps a list for Gemini, which is no object", async () => {
      mesh.play(generated());
      const [, body] = await sentTo(answered("google/gemini-2.5-flash", "[1,2]", "7"));
      const responses = body.contents
        .at(-1)
        .parts.map((part: { functionResponse: { response: unknown } }) => part.functionResponse.response);
      expect(responses.every((one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one))).toBe(
        true,
      );
    });
  });
}
