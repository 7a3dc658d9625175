import { create } from "@bufbuild/protobuf";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import type { RequestAnalysis } from "./analyze-request.ts";
import { emptyMeasure, estimateTokens, measureText } from "./measure-text.ts";

/** Tokens that a provider may add to each text. */
const AROUND = 8;

/** Finds out how large texts are that shall become vectors. */
export function analyzeTexts(texts: readonly string[]): RequestAnalysis {
  const measure = emptyMeasure();
  for (const text of texts) measureText(text, measure);
  const analysis = create(AnalysisSchema, {
    category: "embedding",
    complexity: "simple",
    inputTokens: estimateTokens(measure),
    maxInputTokens: Math.min(measure.bytes + texts.length * AROUND, 0xffff_ffff),
  });
  return { analysis, needs: { tools: false, vision: false, audio: false, files: false, structuredOutput: false } };
}
