import { describeSignaturesOfGemini } from "./signatures-of-gemini.ts";
import { describeStateOfOpenai } from "./state-of-openai.ts";
import type { WireMesh } from "./support/start-wire-mesh.ts";
import { describeThinkingOfAnthropic } from "./thinking-of-anthropic.ts";

export function describeReasoningState(mesh: WireMesh): void {
  describe("the state of a model's reasoning goes back as it was to who made it, and to nobody else", () => {
    describeThinkingOfAnthropic(mesh);
    describeSignaturesOfGemini(mesh);
    describeStateOfOpenai(mesh);
  });
}
