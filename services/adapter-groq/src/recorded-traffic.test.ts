import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { hasRecordedTraffic, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { createAdapterGroq } from "./service.ts";

const REFUSALS: Readonly<Record<number, string>> = { 400: "MALFORMED_ANSWER", 404: "MODEL_NOT_FOUND" };

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of groq", () => {
  it.each(recordedAnswers("groq").map((answer) => [answer.name, answer] as const))(
    "goes through whole and in single bytes alike: %s",
    async (_name, answer) => {
      await using server = await serveFixtures();
      const adapter = createAdapterGroq(testConfig(server.url), testDependencies());
      try {
        const client = adapterClient(adapter);
        const whole = await replay(server, client, "openai/gpt-oss-20b", answer);
        expect("error" in whole ? whole.error : undefined).toBe(REFUSALS[answer.status]);
        expect(await replay(server, client, "openai/gpt-oss-20b", answer, 1)).toEqual(whole);
      } finally {
        await adapter.close();
      }
    },
  );
});
