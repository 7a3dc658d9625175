import { FinishReason } from "@fairlead/contracts/chat/v1/finish_reason";

/** How an answer ended. */
export interface StatusBody {
  readonly status: "completed" | "incomplete";
  readonly incomplete_details: { readonly reason: "max_output_tokens" | "content_filter" } | null;
  /** The provider's own word where it says more. */
  readonly native_finish_reason?: string;
}

const INCOMPLETE: ReadonlyMap<FinishReason, "max_output_tokens" | "content_filter"> = new Map([
  [FinishReason.LENGTH, "max_output_tokens"],
  [FinishReason.CONTENT_FILTER, "content_filter"],
]);

/** Words that say no more than the status does. */
const PLAIN: ReadonlySet<string> = new Set(
  ["", "stop", "completed", "incomplete", "tool_calls", "length", "max_output_tokens", "content_filter"],
);

/** Every reason that is not a limit or a filter is a complete answer; the provider's word tells the rest. */
export function toStatus(reason: FinishReason, raw: string): StatusBody {
  const cut = INCOMPLETE.get(reason);
  return {
    status: cut === undefined ? "completed" : "incomplete",
    incomplete_details: cut === undefined ? null : { reason: cut },
    ...(PLAIN.has(raw) ? {} : { native_finish_reason: raw }),
  };
}
