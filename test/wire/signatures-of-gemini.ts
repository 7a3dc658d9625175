import type { Fixture } from "@fairlead/adapter-kit/testing/fixture-server";
import { message } from "./support/anthropic-wire.ts";
import { asked, withTools } from "./support/asked.ts";
import { completion } from "./support/chat-wire.ts";
import { cohereAnswer } from "./support/cohere-wire.ts";
import { generated, generatedStream } from "./support/content-wire.ts";
import { handBack } from "./support/hand-back.ts";
import { ollamaAnswer } from "./support/ollama-wire.ts";
import { response } from "./support/responses-wire.ts";
import { EDGES, type Told, type WireMesh } from "./support/start-wire-mesh.ts";

const GEMINI = "google/gemini-3-flash-preview";
const SIGNATURE = "RXZlcnkgYnl0ZSBjb3VudHMhPz8+";
const CALLS = [
  { functionCall: { name: "get_tide", args: { port: "Bergen" } }, thoughtSignature: SIGNATURE },
  { functionCall: { name: "get_wind", args: { port: "Bergen" } } },
];

const OTHERS: readonly (readonly [model: string, Fixture])[] = [
  ["anthropic/claude-haiku-4-5", message()],
  ["openai/gpt-4o-mini", completion()],
  ["responder/plain-model", response()],
  ["cohere/command-a-03-2025", cohereAnswer()],
  ["ollama/llama3.1", ollamaAnswer()],
];

/** What Gemini is sent back of its own turn: the parts with their signatures. */
const ownTurn = (sent: any) =>
  sent.contents
    .find(({ role }: { role: string }) => role === "model")
    .parts.map((part: any) => [part.functionCall?.name ?? "text", part.thoughtSignature]);

/** A whole answer of Anthropic's dialect, put together from its stream. */
function gathered({ events }: Told): Told {
  const content: any[] = [];
  for (const { event, data } of events) {
    if (event === "content_block_start") content[data.index] = { ...data.content_block };
    if (event === "content_block_delta" && data.delta.partial_json !== undefined)
      content[data.index].json = (content[data.index].json ?? "") + data.delta.partial_json;
    if (event === "content_block_delta" && data.delta.signature !== undefined)
      content[data.index].signature = data.delta.signature;
    if (event === "content_block_delta" && data.delta.thinking !== undefined)
      content[data.index].thinking += data.delta.thinking;
  }
  const blocks = content.map(({ json, ...block }) =>
    json === undefined ? block : { ...block, input: JSON.parse(json) },
  );
  return { body: { content: blocks } } as Told;
}

export function describeSignaturesOfGemini(mesh: WireMesh): void {
  describe("Gemini's thought signatures go back byte for byte, and for calls made together on the first alone", () => {
    it.each(EDGES)("come back from callers of %s", async (edge) => {
      mesh.play(generated(CALLS));
      const body = asked(edge, GEMINI, withTools(edge, "get_tide", "get_wind"));
      const told = await mesh.ask(edge, body);
      mesh.sent();
      expect((await mesh.ask(edge, handBack(edge, body, told))).status).toBe(200);
      expect(ownTurn(mesh.sent()[0])).toEqual([
        ["get_tide", SIGNATURE],
        ["get_wind", undefined],
      ]);
    });

    it("come back from callers of a stream", async () => {
      mesh.play(generatedStream([CALLS, []]));
      const body = asked("messages", GEMINI, { ...withTools("messages", "get_tide", "get_wind"), stream: true });
      const told = gathered(await mesh.ask("messages", body));
      mesh.play(generated());
      mesh.sent();
      await mesh.ask("messages", handBack("messages", body, told));
      expect(ownTurn(mesh.sent()[0])).toEqual([
        ["get_tide", SIGNATURE],
        ["get_wind", undefined],
      ]);
    });

    it.each(EDGES)("of a text come back from callers of %s", async (edge) => {
      mesh.play(generated([{ text: "Ahoy.", thoughtSignature: SIGNATURE }]));
      const body = asked(edge, GEMINI);
      const told = await mesh.ask(edge, body);
      mesh.sent();
      await mesh.ask(edge, handBack(edge, body, told));
      expect(ownTurn(mesh.sent()[0])).toContainEqual(["text", SIGNATURE]);
    });

    it.each(OTHERS)("do not reach %s, which the answer says", async (model, answer) => {
      mesh.play(generated(CALLS));
      const body = asked("chat", GEMINI, withTools("chat", "get_tide", "get_wind"));
      const told = await mesh.ask("chat", body);
      mesh.play(answer);
      mesh.sent();
      const next = await mesh.ask("chat", { ...handBack("chat", body, told), model });
      expect([next.status, JSON.stringify(mesh.sent())]).toEqual([200, expect.not.stringContaining(SIGNATURE)]);
      expect(next.body.fairlead.adaptations).toContainEqual(
        expect.objectContaining({ field: "messages[1].parts[0].tool_call.signature", kind: "dropped" }),
      );
    });
  });
}
