import { adapterClient } from "@fairlead/adapter-kit/testing/adapter-client";
import { serveFixtures } from "@fairlead/adapter-kit/testing/fixture-server";
import {
  hasRecordedTraffic,
  type RecordedAnswer,
  recordedAnswers,
} from "@fairlead/adapter-kit/testing/recorded-traffic";
import { replay } from "@fairlead/adapter-kit/testing/replay";
import { openProvider } from "./testing/open-provider.ts";

const MODELS = new URL("./testing/models.yaml", import.meta.url).pathname;

/** Recordings, and the preset that speaks with their server. */
const RECORDED: readonly (readonly [recording: string, preset: string])[] = [
  ["azure", "azure"],
  ["mistral", "mistral"],
  ["deepseek", "deepseek"],
  ["xai", "xai"],
  ["openrouter", "openrouter"],
  ["perplexity", "perplexity"],
  ["cerebras", "cerebras"],
  ["huggingface", "huggingface"],
  ["zai", "zai"],
  ["together", "together"],
  ["gpustack", "generic"],
  ["ollama_cloud", "generic"],
  ["alibaba", "generic"],
  ["moonshotai", "generic"],
  ["openai-compatible", "generic"],
];

const REFUSALS: Readonly<Record<number, string>> = { 401: "PROVIDER_AUTHENTICATION", 429: "RATE_LIMITED" };

/** Recordings of the Responses API. */
const RESPONSES: typeof RECORDED = [
  ["azure", "azure"],
  ["deepseek", "deepseek"],
  ["openrouter", "openrouter"],
  ["xai", "xai"],
];

const isChat = ({ url, body }: RecordedAnswer) =>
  /\/chat\/completions(\?|$|#)/.test(url) || (url === "" && /"choices"/.test(body));

const isResponse = ({ url, body }: RecordedAnswer) =>
  /\/responses(\?|$)/.test(url) || (url === "" && /"object": ?"response"|response\.created/.test(body));

/** Bodies that were kept as lines of data alone have lost the mark of their end. */
function withMark(answer: RecordedAnswer): RecordedAnswer {
  const marked = !answer.streamed || answer.url !== "" || answer.body.includes("[DONE]");
  return marked ? answer : { ...answer, body: `${answer.body}data: [DONE]\n\n` };
}

const answers = RECORDED.flatMap(([recording, preset]) =>
  recordedAnswers(recording)
    .filter(isChat)
    .map((answer) => [`${recording} ${answer.name}`, preset, withMark(answer)] as const),
);

const responses = RESPONSES.flatMap(([recording, preset]) =>
  recordedAnswers(recording)
    .filter(isResponse)
    .map((answer) => [`${recording} ${answer.name}`, preset, answer] as const),
);

(hasRecordedTraffic ? describe : describe.skip)("recorded traffic of compatible servers", () => {
  it.each(answers)("goes through whole and in single bytes alike: %s", (_name, preset, answer) =>
    goesThrough(preset, "chat_completions", answer),
  );

  it.each(responses)("of the Responses API goes through whole and in single bytes alike: %s", (_name, preset, answer) =>
    goesThrough(preset, "responses", answer),
  );
});

async function goesThrough(preset: string, api: string, answer: RecordedAnswer): Promise<void> {
  await using fixtures = await serveFixtures();
  const baseUrl = `${fixtures.url}/v1`;
  const entry = {
    provider: "recorded",
    preset,
    baseUrl,
    api,
    keyless: true,
    modelsFile: MODELS,
    modelNames: { recorded: "recorded" },
  };
  const adapter = openProvider("recorded", { OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([entry]) });
  try {
    const client = adapterClient(adapter);
    const whole = await replay(fixtures, client, "recorded", answer);
    expect("error" in whole ? whole.error : undefined).toBe(REFUSALS[answer.status]);
    expect(await replay(fixtures, client, "recorded", answer, 1)).toEqual(whole);
  } finally {
    await adapter.close();
  }
}
