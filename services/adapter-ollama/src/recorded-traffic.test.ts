import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { hasRecordedTraffic, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { createAdapterOllama } from "./service.ts";

const recorded = [...recordedAnswers("ollama"), ...recordedAnswers("ollama_cloud")].filter(({ url }) => /\/api\/chat(\?|$)/.test(url));
const answers = recorded.map((answer) => ({ ...answer, streamed: answer.headers["content-type"]?.includes("ndjson") === true }));

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of ollama", () => {
  it.each(answers.map((answer) => [answer.name, answer] as const))("goes through whole and in single bytes alike: %s", async (_name, answer) => {
    await using server = await serveFixtures();
    const adapter = createAdapterOllama({ ...testConfig(server.url), pollSeconds: 0 }, testDependencies());
    try {
      const client = adapterClient(adapter);
      const whole = await replay(server, client, "llama3.1", answer);
      expect("error" in whole).toBe(answer.status !== 200);
      if ("error" in whole) {
        expect(whole.error).not.toBe("INTERNAL");
      } else {
        const counted = (name: string) => Number(new RegExp(`"${name}": ?(\\d+)`).exec(answer.body)?.[1]);
        expect(whole.answer.usage).toMatchObject({ inputTokens: counted("prompt_eval_count"), outputTokens: counted("eval_count"), estimated: false });
        expect(whole.answer.choices[0]?.parts.length).toBeGreaterThan(0);
      }
      expect(await replay(server, client, "llama3.1", answer, 1)).toEqual(whole);
    } finally {
      await adapter.close();
    }
  });
});
