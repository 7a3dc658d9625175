import { MODEL } from "./question.ts";
import { startProgram } from "./start-program.ts";

/** The simulated provider behind every shape. */
export interface Simulator {
  readonly pid: number;
  readonly readyMs: number;
  readonly url: string;
  /** Where OpenAI's chat completions are asked for. */
  readonly chatUrl: string;
  /** Answers of 100 tokens in 100 pieces: at once, or with so many a second. */
  setPace(tokensPerSecond: number | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Starts the simulator without any delay of its own. */
export async function startSimulator(): Promise<Simulator> {
  const { pid, readyMs, found, close } = await startProgram({
    entry: "services/provider-simulator/src/main.ts",
    environment: { FAIRLEAD_SIMULATOR_PORT: "0", FAIRLEAD_SIMULATOR_SPEED: "0" },
    ready: /"openai":"(http:[^"]+)"/,
  });
  const openAi = found[1] ?? "";
  const url = new URL(openAi).origin;
  const setPace = async (tokensPerSecond: number | undefined) => {
    const settings = { chunks: 100, outputTokens: 100, ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) };
    const init = { method: "PUT", body: JSON.stringify(settings), headers: { "content-type": "application/json" } };
    const response = await fetch(`${url}/control/models/openai/${MODEL}`, init);
    if (!response.ok) throw new Error(`the simulator: ${response.status} ${await response.text()}`);
  };
  await setPace(undefined);
  return { pid, readyMs, url, chatUrl: `${openAi}/chat/completions`, setPace, close };
}

/** Variables that make a mesh ask this simulator as if it were the providers themselves. */
export function providersAt(url: string): Record<string, string> {
  return {
    OPENAI_API_KEY: "bench",
    OPENAI_BASE_URL: `${url}/openai/v1`,
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: `${url}/anthropic`,
    GEMINI_API_KEY: "bench",
    GEMINI_BASE_URL: `${url}/google`,
    FAIRLEAD_SIMULATOR_SPEED: "0",
  };
}
