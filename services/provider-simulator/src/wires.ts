import { createAnthropicWire } from "./anthropic/wire.ts";
import { createCohereWire } from "./cohere/wire.ts";
import { createGoogleWire } from "./google/wire.ts";
import { createGroqWire } from "./groq/wire.ts";
import { createOllamaWire } from "./ollama/wire.ts";
import { openAiCompatibleWires } from "./openai-compatible/wire.ts";
import { createOpenAiWire } from "./openai/wire.ts";
import type { WireFactory } from "./wire.ts";

/** Every provider that the simulator speaks for. */
export const wireFactories: readonly WireFactory[] = [createOpenAiWire, createAnthropicWire, createGoogleWire, createGroqWire, createCohereWire, createOllamaWire, ...openAiCompatibleWires];
