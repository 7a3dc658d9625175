import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { aiSdk } from "./clients/ai-sdk.ts";
import { anthropicMessages } from "./clients/anthropic-messages.ts";
import { describeClient, describeRefusal, type Target } from "./clients/describe-client.ts";
import { langchain } from "./clients/langchain.ts";
import { openaiChat } from "./clients/openai-chat.ts";
import { openaiResponses } from "./clients/openai-responses.ts";
import { simulatorControl } from "./support/simulator-control.ts";
import { startEmbedded } from "./support/start-embedded.ts";

const TARGETS: readonly Target[] = [
  { provider: "openai", model: "openai/gpt-4o-mini" },
  { provider: "anthropic", model: "anthropic/claude-haiku-4-5" },
  { provider: "google", model: "google/gemini-2.5-flash" },
  { provider: "groq", model: "groq/qwen/qwen3.6-27b" },
  { provider: "cohere", model: "cohere/command-a-plus-05-2026" },
  { provider: "ollama", model: "ollama/mistral-small", seeing: "ollama/llama3.2-vision" },
  { provider: "mistral", model: "mistral/mistral-medium-3.5" },
  { provider: "deepseek", model: "deepseek/deepseek-flash" },
];

const mesh = await startEmbedded();
const control = simulatorControl(mesh.simulatorUrl);
afterAll(() => mesh.close());

const drivers = [openaiChat(mesh.httpUrl), openaiResponses(mesh.httpUrl), anthropicMessages(mesh.httpUrl), ...aiSdk(mesh.httpUrl), ...langchain(mesh.httpUrl)];

for (const driver of drivers) describeClient(driver, TARGETS, () => control);

describe("the compatibility scanner compatcanary", () => {
  it("finds everything of its modern profile", async () => {
    const options = ["--base-url", `${mesh.httpUrl}/v1`, "--model", "gpt-4o-mini", "--profile", "modern", "--format", "json", "--fail-on", "never"];
    const { stdout } = await promisify(execFile)("node_modules/.bin/compatcanary", ["scan", ...options]);
    const { results } = JSON.parse(stdout) as { results: readonly { id: string; status: string; summary: string }[] };
    expect(results.length).toBeGreaterThanOrEqual(7);
    expect(results.filter(({ status }) => status !== "pass")).toEqual([]);
  });
});

describeRefusal(drivers, TARGETS[0]!, () => control);
