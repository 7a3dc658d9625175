import type { ReasoningControl } from "@fairlead/contracts/chat/v1/chat_request";
import { ReasoningEffort } from "@fairlead/contracts/chat/v1/chat_request";
import type { Leftovers } from "../leftovers.ts";
import { readEffort } from "../reasoning-effort.ts";
import type { MessagesBody } from "./messages-body.ts";

const KNOWN: ReadonlySet<string> = new Set(["type", "budget_tokens"]);
/** Ways to show thinking that the contract can tell: the text is there, or it is not. */
const DISPLAYS: ReadonlySet<unknown> = new Set(["summarized", "omitted"]);

/** How much the model thinks: from `thinking` and `output_config.effort`. Undefined when neither is there. */
export function toReasoning(
  { thinking, output_config: config }: MessagesBody,
  leftovers: Leftovers,
): ReasoningControl | undefined {
  const effort = toEffort(config, leftovers);
  if ((thinking === null || thinking === undefined) && effort === undefined) return undefined;
  const control: ReasoningControl = {
    $typeName: "fairlead.chat.v1.ReasoningControl",
    effort: thinking?.type === "disabled" ? ReasoningEffort.NONE : (effort ?? ReasoningEffort.UNSPECIFIED),
    includeText: isThinking(thinking) && thinking.display !== "omitted",
  };
  if (thinking?.type === "enabled") control.budgetTokens = thinking.budget_tokens;
  // The contract has no word for a model that chooses by itself, so an adapter of the same dialect gets what was written.
  if (thinking?.type === "adaptive" || saysMore(thinking)) leftovers.top.set("thinking", thinking);
  // An effort is spent on all of an answer, so it means something also where there is no thinking.
  if (thinking?.type === "disabled" && effort !== undefined) leftovers.top.set("output_config", config);
  return control;
}

function saysMore(thinking: MessagesBody["thinking"]): boolean {
  return Object.entries(thinking ?? {}).some(([key, value]) => {
    const isKnown = KNOWN.has(key) || (key === "display" && DISPLAYS.has(value));
    return value !== null && !isKnown;
  });
}

function isThinking(
  thinking: MessagesBody["thinking"],
): thinking is Extract<MessagesBody["thinking"], { display?: unknown }> {
  return thinking?.type === "enabled" || thinking?.type === "adaptive";
}

function toEffort(config: MessagesBody["output_config"], leftovers: Leftovers): ReasoningEffort | undefined {
  if (config?.effort === null || config?.effort === undefined) return undefined;
  const { effort, exact } = readEffort(config.effort);
  if (!exact) leftovers.top.set("output_config", config);
  return effort;
}
