import type { ThinkingConfigParam } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { type ChatRequest, ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { AnthropicTraits } from "./models.ts";
import type { AnthropicTurn } from "./to-anthropic-messages.ts";

/** Tokens of thinking at least. */
const LEAST_BUDGET = 1_024;

const BUDGET: Readonly<Record<ReasoningEffort, number | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: 0,
  [ReasoningEffort.MINIMAL]: LEAST_BUDGET,
  [ReasoningEffort.LOW]: 2_048,
  [ReasoningEffort.MEDIUM]: 8_192,
  [ReasoningEffort.HIGH]: 16_384,
};

const EFFORT: Readonly<Record<ReasoningEffort, "low" | "medium" | "high" | undefined>> = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.NONE]: undefined,
  [ReasoningEffort.MINIMAL]: "low",
  [ReasoningEffort.LOW]: "low",
  [ReasoningEffort.MEDIUM]: "medium",
  [ReasoningEffort.HIGH]: "high",
};

/** What stands for thinking as the model sees fit, where it must be told a number of tokens. */
const BUDGET_AS_FIT = 8_192;

/** Bounds of the answer, and how the model thinks. */
export interface AnthropicLimits {
  readonly maxTokens: number;
  /** Unset: as the model does by itself. */
  readonly thinking?: ThinkingConfigParam;
  readonly effort?: "low" | "medium" | "high";
}

/** What a model allows. */
export interface ModelLimits {
  /** Output tokens where the request sets no bound. */
  readonly usual: number;
  /** Output tokens at most. */
  readonly most: number;
  readonly thinking: AnthropicTraits["thinking"];
  readonly leastThinking: AnthropicTraits["least_thinking"];
}

/** What bears on how a model thinks, beside the request. */
export interface ThinkingFacts {
  readonly turns: readonly AnthropicTurn[];
  /** True when the choice of tools forces one, which bars thinking. */
  readonly forced: boolean;
  /** What the caller wrote in Anthropic's own dialect. Undefined: nothing beyond what the request says. */
  readonly written: ThinkingConfigParam | undefined;
}

/** Works out the bounds of an answer. The request's own bound includes thinking; the usual one is made larger by it. */
export function toLimits(request: ChatRequest, model: ModelLimits, facts: ThinkingFacts, log: AdaptationLog): AnthropicLimits {
  const asked = request.maxOutputTokens;
  const most = model.most === 0 ? Infinity : model.most;
  if (asked !== undefined && asked > most) log.clamped("max_output_tokens", `The model writes ${most} tokens at most.`);
  const bound = asked === undefined ? undefined : Math.min(asked, most);
  const usual = bound ?? Math.min(model.usual, most);
  if (model.thinking !== "budget") return { maxTokens: usual, ...adaptiveThinking(request, model, facts, log) };
  if (request.reasoning === undefined && facts.written !== undefined) return { maxTokens: usual, thinking: facts.written };
  const wanted = wantedBudget(request, facts.written, log);
  if (wanted === undefined || barred(facts, log)) return { maxTokens: usual };
  const maxTokens = bound ?? Math.min(model.usual + wanted, most);
  if (wanted < maxTokens) return { maxTokens, thinking: enabled(wanted, facts) };
  if (maxTokens <= LEAST_BUDGET) {
    log.dropped("reasoning", "The bound of the answer leaves no room to think.");
    return { maxTokens };
  }
  log.clamped("reasoning", "Thinking must stay below the bound of the answer.");
  return { maxTokens, thinking: enabled(maxTokens - 1, facts) };
}

function enabled(budget: number, { written }: ThinkingFacts): ThinkingConfigParam {
  return { ...(written?.type === "enabled" ? written : {}), type: "enabled", budget_tokens: budget };
}

/** Models that think as they see fit take an effort; a budget stands for one. */
function adaptiveThinking(
  { reasoning: control }: ChatRequest,
  model: ModelLimits,
  { forced, written }: ThinkingFacts,
  log: AdaptationLog,
): Omit<AnthropicLimits, "maxTokens"> {
  const budget = control?.budgetTokens;
  if (forced && model.thinking === "adaptive") {
    if (control !== undefined && control.effort !== ReasoningEffort.NONE) log.dropped("reasoning", "Anthropic does not think when a tool is forced.");
    return { thinking: { type: "disabled" } };
  }
  if (budget === 0 || (budget === undefined && control?.effort === ReasoningEffort.NONE)) {
    if (model.thinking === "adaptive") return { thinking: { type: model.leastThinking } };
    log.clamped("reasoning", "The model always thinks; the least effort stands for none.");
    return { effort: "low" };
  }
  if (control === undefined) return written === undefined ? {} : { thinking: written };
  if (budget !== undefined) log.emulated("reasoning.budget_tokens", "The model takes an effort in place of a number of tokens.");
  const effort = budget === undefined ? EFFORT[control.effort] : budget <= 2_048 ? "low" : budget <= 8_192 ? "medium" : "high";
  const display = control.includeText ? { display: "summarized" as const } : {};
  const own = written?.type === "adaptive" ? written : { type: "adaptive" as const, ...display };
  return { thinking: own, ...(effort === undefined ? {} : { effort }) };
}

function wantedBudget({ reasoning: control }: ChatRequest, written: ThinkingConfigParam | undefined, log: AdaptationLog): number | undefined {
  if (control === undefined) return undefined;
  if (written?.type === "adaptive" && control.budgetTokens === undefined && control.effort === ReasoningEffort.UNSPECIFIED) {
    log.emulated("reasoning", `The model takes a number of tokens; ${BUDGET_AS_FIT} stand for as many as it sees fit.`);
    return BUDGET_AS_FIT;
  }
  const budget = control.budgetTokens ?? BUDGET[control.effort];
  if (budget === undefined || budget === 0) return undefined;
  if (control.budgetTokens === undefined) log.emulated("reasoning.effort", `Anthropic takes a number of tokens; ${budget} stand for the effort.`);
  if (budget >= LEAST_BUDGET) return budget;
  log.clamped("reasoning.budget_tokens", `Anthropic thinks for ${LEAST_BUDGET} tokens at least.`);
  return LEAST_BUDGET;
}

/** Thinking is barred by a forced choice of a tool, and while tools answer a turn that did not begin with thinking. */
function barred({ turns, forced }: ThinkingFacts, log: AdaptationLog): boolean {
  if (forced) {
    log.dropped("reasoning", "Anthropic does not think when a tool is forced.");
    return true;
  }
  const last = turns.findLast((turn) => turn.role === "assistant");
  const first = last?.content[0]?.type;
  const calls = last?.content.some((block) => block.type === "tool_use") === true;
  if (!calls || first === "thinking" || first === "redacted_thinking") return false;
  log.dropped("reasoning", "Anthropic cannot begin to think while the tools of a turn without thinking answer.");
  return true;
}
