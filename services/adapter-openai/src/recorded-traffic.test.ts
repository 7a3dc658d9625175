import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { hasRecordedTraffic, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { createAdapterOpenai } from "./service.ts";

const answers = recordedAnswers("openai").filter(({ url, body }) => url.includes("/chat/completions") || (url === "" && body.includes('"chat.completion')));

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of openai", () => {
  it.each(answers.map((answer) => [answer.name, answer] as const))("goes through whole and in single bytes alike: %s", async (_name, answer) => {
    await using server = await serveFixtures();
    const adapter = createAdapterOpenai({ ...testConfig(server.url), organization: "", project: "" }, testDependencies());
    try {
      const client = adapterClient(adapter);
      const whole = await replay(server, client, "gpt-4o", answer);
      expect("error" in whole).toBe(answer.status !== 200);
      if ("error" in whole) expect(whole.error).not.toBe("INTERNAL");
      expect(await replay(server, client, "gpt-4o", answer, 1)).toEqual(whole);
    } finally {
      await adapter.close();
    }
  });
});
