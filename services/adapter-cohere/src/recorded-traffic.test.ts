import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { hasRecordedTraffic, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { createAdapterCohere } from "./service.ts";

const answers = recordedAnswers("cohere").filter(({ url }) => url === "" || /\/v2\/chat(\?|$)/.test(url));

/** What the recorded answer itself says was billed. */
function billed(body: string): { input: number; output: number } | undefined {
  const units = /"billed_units":\s*(\{[^}]*\})/.exec(body)?.[1];
  if (units === undefined) return undefined;
  const told = JSON.parse(units) as { input_tokens: number; output_tokens: number };
  return { input: told.input_tokens, output: told.output_tokens };
}

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of cohere", () => {
  it.each(answers.map((answer) => [answer.name, answer] as const))("goes through whole and in single bytes alike: %s", async (_name, answer) => {
    await using server = await serveFixtures();
    const adapter = createAdapterCohere(testConfig(server.url), testDependencies());
    try {
      const client = adapterClient(adapter);
      const whole = await replay(server, client, "command-a-03-2025", answer);
      expect("error" in whole).toBe(answer.status !== 200);
      if ("error" in whole) {
        expect(whole.error).not.toBe("INTERNAL");
      } else {
        const { usage, choices } = whole.answer;
        expect(usage && { input: usage.inputTokens + usage.cacheReadTokens + usage.imageInputTokens, output: usage.outputTokens + usage.reasoningTokens }).toEqual(billed(answer.body));
        expect(choices[0]?.parts.length).toBeGreaterThan(0);
      }
      expect(await replay(server, client, "command-a-03-2025", answer, 1)).toEqual(whole);
    } finally {
      await adapter.close();
    }
  });
});
