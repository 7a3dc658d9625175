import type { Needs } from "./analyze-request.ts";

/** Category and complexity of a task. */
export interface TaskClass {
  readonly category: string;
  readonly complexity: string;
}

/** Characters of a question that are looked at: more do not change the class, and cost is bounded. */
const LOOKED_AT = 4_000;

const CODE =
  /```|\b(?:function|class|def|import|const|struct|public static|regex|sql|select .+ from|stack ?trace|typescript|javascript|python|java|rust|golang|c\+\+|bash|docker|kubernetes|api|algorithm|compile|refactor|debug|unit tests?|bug|code)\b|[{};]\s*$/im;
const CREATIVE = /\b(?:poem|story|haiku|lyrics|novel|screenplay|slogan|fiction|character|limerick|rhyme|creative|imagine|tagline)\b/i;
const ANALYSIS =
  /\b(?:analy[sz]e|analysis|compare|evaluate|explain why|prove|derive|calculate|solve|how many|summari[sz]e|estimate|pros and cons|trade-?offs?|reason|critique|assess|theorem|equation|probability)\b/i;
const HARD = /\b(?:prove|derive|optimi[sz]e|architecture|design a|distributed|concurren|theorem|complexity|trade-?offs?|step[- ]by[- ]step|in depth|rigorous|constraints?|integral|asymptotic)\b/gi;

/** Sorts a task by its words and its shape. */
export function classifyTask(
  question: string,
  facts: { readonly needs: Needs; readonly inputTokens: number; readonly turns: number },
): TaskClass {
  const text = question.slice(0, LOOKED_AT);
  return { category: categoryOf(text, facts.needs), complexity: complexityOf(text, facts) };
}

function categoryOf(text: string, needs: Needs): string {
  if (needs.tools) return "function_calling";
  if (needs.vision || needs.audio || needs.files) return "multimodal";
  if (CREATIVE.test(text) && !text.includes("```")) return "creative_writing";
  if (CODE.test(text)) return "code";
  if (ANALYSIS.test(text)) return "analysis";
  return "conversation";
}

function complexityOf(text: string, facts: { inputTokens: number; turns: number; needs: Needs }): string {
  const hardWords = text.match(HARD)?.length ?? 0;
  const points =
    Math.min(3, hardWords) +
    (facts.inputTokens > 2_000 ? 2 : facts.inputTokens > 300 ? 1 : 0) +
    (facts.turns > 6 ? 1 : 0) +
    (facts.needs.structuredOutput ? 1 : 0);
  if (points >= 3) return "complex";
  return points >= 1 ? "medium" : "simple";
}
