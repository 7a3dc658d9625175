import { adapterClient, testConfig, testDependencies } from "@fairlead/adapter-kit/testing/adapter-client";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import { hasRecordedTraffic, type RecordedAnswer, recordedAnswers } from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { createAdapterOpenai } from "./service.ts";

/** Servers that speak chat completions or the Responses API. */
const SERVERS = ["openai", "azure", "xai", "deepseek", "openrouter", "open-responses"];
/** A model that goes by either API. */
const CHAT = "gpt-4o";
const RESPONSES = "o3-pro";

/** The model by whose API an answer came; undefined for one that came by another. */
function modelOf({ url, body }: RecordedAnswer): string | undefined {
  if (url !== "") return /\/chat\/completions/.test(url) ? CHAT : /\/responses(\?|$)/.test(url) ? RESPONSES : undefined;
  if (/"object": ?"chat\.completion/.test(body)) return CHAT;
  return /"object": ?"response"|"type": ?"response\./.test(body) ? RESPONSES : undefined;
}

const answers = SERVERS.flatMap((server) => recordedAnswers(server).map((answer) => ({ server, answer, model: modelOf(answer) })));
const known = answers.flatMap(({ server, answer, model }) => (model === undefined ? [] : [[server, answer.name, answer, model] as const]));

/** Streams that were not recorded to their end, or not as JSON. */
function isBroken({ streamed, body }: RecordedAnswer): boolean {
  if (!streamed) return false;
  const events = [...body.matchAll(/^data: *(\{.*)$/gm)].map(([, data = ""]) => data);
  return !/\[DONE\]|"response\.(completed|incomplete|failed)"/.test(body) || !events.every(isJson);
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of OpenAI and those that speak like it", () => {
  it.each(known)("goes through whole and in single bytes alike: %s %s", async (_server, _name, answer, model) => {
    await using server = await serveFixtures();
    const adapter = createAdapterOpenai({ ...testConfig(server.url), organization: "", project: "" }, testDependencies());
    try {
      const client = adapterClient(adapter);
      const whole = await replay(server, client, model, answer);
      const failed = answer.status !== 200 || isBroken(answer) || answer.body.includes('"response.failed"');
      expect("error" in whole ? whole.message : "").toEqual(failed ? expect.any(String) : "");
      if ("error" in whole) expect(whole.error).not.toBe("INTERNAL");
      expect(await replay(server, client, model, answer, 1)).toEqual(whole);
    } finally {
      await adapter.close();
    }
  });
});
