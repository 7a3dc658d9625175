import { chat, native, send } from "../support/http.ts";
import type { ScenarioContext } from "./context.ts";

/** What is answered when every target fails, seen from outside. */
export function describeDegraded({ shape, simulator }: ScenarioContext): void {
  const generate = (content: string, context: object = {}) =>
    send("POST", `${shape().httpUrl}/api/v1/generate`, { ...native(content), context });

  describe("degraded answers", () => {
    const down = [{ kind: "status", status: 503 }];

    it("are an old answer where there is one, else a fixed text, clearly marked, and else the failure", async () => {
      const context = { tenant: "degraded" };
      const question = `What is the tide at ${Date.now()}?`;
      const first = await generate(question, context);
      expect(first.body.report.degraded ?? "").toBe("");
      await simulator().setFaults(down);
      const stale = await generate(question, context);
      expect(stale.status).toBe(200);
      expect(stale.body.report).toMatchObject({ degraded: "stale_cache" });
      expect(stale.body.chat.choices[0].parts).toEqual(first.body.chat.choices[0].parts);
      const fixed = await generate(`Another ${question}`, context);
      expect(fixed.body.chat.choices[0].parts[0].text.text).toBe("We cannot answer now.");
      expect(fixed.body.report).toMatchObject({ degraded: "fixed_text" });
      const failed = await generate(`Another ${question}`);
      expect(failed.status).toBeGreaterThanOrEqual(429);
    });

    it("come as a stream too, marked in its last event", async () => {
      await simulator().setFaults(down);
      const body = JSON.stringify({ ...chat("Hello."), stream: true });
      const headers = { "content-type": "application/json", "x-fairlead-tenant": "degraded" };
      const text = await (await fetch(`${shape().httpUrl}/v1/chat/completions`, { method: "POST", body, headers })).text();
      expect(text).toContain("We cannot answer now.");
      expect(text).toContain('"degraded":"fixed_text"');
      expect(text).toContain("[DONE]");
    });
  });
}
