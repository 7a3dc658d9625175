import { create } from "@bufbuild/protobuf";
import type { EmbeddingInput } from "@fairlead/contracts/chat/v1/embedding";
import { AnalysisSchema } from "@fairlead/contracts/routing/v1/decision";
import type { RequestAnalysis } from "./analyze-request.ts";
import { emptyMeasure, estimateTokens, measureText } from "./measure-text.ts";

/** Tokens that a provider may add to each text. */
const AROUND = 8;

/** Finds out how large texts are that shall become vectors, whether they are given as text or as tokens. */
export function analyzeTexts({ texts, tokenLists }: Pick<EmbeddingInput, "texts" | "tokenLists">): RequestAnalysis {
  const measure = emptyMeasure();
  for (const text of texts) measureText(text, measure);
  const given = tokenLists.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const count = texts.length + tokenLists.length;
  const analysis = create(AnalysisSchema, {
    category: "embedding",
    complexity: "simple",
    inputTokens: estimateTokens(measure) + given,
    maxInputTokens: Math.min(measure.bytes + given + count * AROUND, 0xffff_ffff),
  });
  return { analysis, needs: { tools: false, vision: false, audio: false, files: false, structuredOutput: false } };
}
