import { createAnthropicWire } from "./anthropic/wire.ts";
import { createGoogleWire } from "./google/wire.ts";
import { createOpenAiWire } from "./openai/wire.ts";
import type { WireFactory } from "./wire.ts";

/** Every provider that the simulator speaks for. */
export const wireFactories: readonly WireFactory[] = [createOpenAiWire, createAnthropicWire, createGoogleWire];
