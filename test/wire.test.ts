import { readdirSync, readFileSync } from "node:fs";
import { describeArgumentsOfCalls } from "./wire/arguments-of-calls.ts";
import { describeBlocks } from "./wire/blocks.ts";
import { describeBoundsOfAnthropic } from "./wire/bounds-of-anthropic.ts";
import { describeCumulativeUsage } from "./wire/cumulative-usage.ts";
import { describeErrorShapes } from "./wire/error-shapes.ts";
import { describeEventStreams } from "./wire/event-streams.ts";
import { describeFailingStreams } from "./wire/failing-streams.ts";
import { describeGeminiUsage } from "./wire/gemini-usage.ts";
import { describeNumbersOfCalls } from "./wire/numbers-of-calls.ts";
import { describeOllama } from "./wire/ollama.ts";
import { describePictures } from "./wire/pictures.ts";
import { describePrices } from "./wire/prices.ts";
import { describeReasoningState } from "./wire/reasoning-state.ts";
import { describeSchemas } from "./wire/schemas.ts";
import { describeStopReasons } from "./wire/stop-reasons.ts";
import { startWireMesh } from "./wire/support/start-wire-mesh.ts";
import { describeSystemText } from "./wire/system-text.ts";
import { describeTokenBuckets } from "./wire/token-buckets.ts";
import { describeToolChoice } from "./wire/tool-choice.ts";
import { describeToolResults } from "./wire/tool-results.ts";
import { describeUnknownFields } from "./wire/unknown-fields.ts";
import { describeUsageOfStreams } from "./wire/usage-of-streams.ts";
import { describeWaits } from "./wire/waits.ts";

const mesh = await startWireMesh();
afterAll(() => mesh.close());

describeUsageOfStreams(mesh);
describeCumulativeUsage(mesh);
describeTokenBuckets(mesh);
describeGeminiUsage(mesh);
describePrices(mesh);

describeStopReasons(mesh);
describeFailingStreams(mesh);
describeErrorShapes();
describeWaits(mesh);

describeNumbersOfCalls(mesh);
describeArgumentsOfCalls(mesh);
describeBlocks(mesh);
describeToolResults(mesh);
describeToolChoice(mesh);

describeReasoningState(mesh);

describeSystemText(mesh);
describeBoundsOfAnthropic(mesh);
describePictures(mesh);
describeSchemas(mesh);
describeOllama(mesh);
describeEventStreams(mesh);
describeUnknownFields(mesh);

describe("the page of rules of the wire", () => {
  const RULES = new URL("./wire/", import.meta.url);
  const PAGE = new URL("../docs/wire.md", import.meta.url);

  it("names the tests of every rule, and none that is not there", () => {
    const files = readdirSync(RULES).filter((name) => name.endsWith(".ts"));
    const written = files.flatMap((file) => {
      const text = readFileSync(new URL(file, RULES), "utf8");
      return [...text.matchAll(/^ {2}describe\("(.*)", /gm)].map(([, name]) => `${file}: ${name}`);
    });
    const page = readFileSync(PAGE, "utf8");
    const named = [...page.matchAll(/\]\(\.\.\/test\/wire\/([\w-]+\.ts)\): “(.*?)”/g)].map(
      ([, file, name]) => `${file}: ${name}`,
    );
    expect(written.length).toBeGreaterThanOrEqual(22);
    expect(named.toSorted()).toEqual(written.toSorted());
  });
});
