import { chat, send } from "../support/http.ts";
import { until } from "../support/until.ts";

/** An answer, and the trace that it left. */
export interface TracedAnswer {
  readonly status: number;
  readonly traceId: string;
  /** As it came: JSON, or a stream of events. */
  readonly text: string;
}

/** What must be in no trace: words of a request, of its answer, of a provider's refusal, and keys. */
export const CANARIES = {
  prompt: "canary-prompt",
  system: "canary-system",
  stop: "canary-stop",
  user: "canary-user",
  answer: "canary-answer",
  refusal: "canary-refusal",
  key: "canary-key",
  query: "canary-query",
} as const;

/** Sends a chat in OpenAI's dialect that holds canaries wherever content or keys can be. */
export async function askMesh(url: string, terms: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<TracedAnswer> {
  const messages = [
    { role: "system", content: CANARIES.system },
    { role: "user", content: CANARIES.prompt },
  ];
  const body = chat("", { ...more, messages, stop: [CANARIES.stop], user: CANARIES.user, max_tokens: 64, temperature: 0.5, fairlead: terms });
  const response = await fetch(`${url}/v1/chat/completions?api_key=${CANARIES.query}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${CANARIES.key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, traceId: response.headers.get("x-fairlead-trace-id") ?? "", text: await response.text() };
}

/** The answer to a request of a tenant whose budget has no room, once the mesh knows of it. */
export async function refusedForItsBudget(url: string): Promise<TracedAnswer> {
  const budget = { scope: { tenant: "poor" }, window: "BUDGET_WINDOW_MONTH", limitNanoUsd: "1" };
  await send("PUT", `${url}/api/v1/budgets/poor`, { budget });
  return until("the budget's refusal", async () => {
    const answer = await askMesh(url, { tenant: "poor" }, { model: "gpt-4.1" });
    return answer.status === 429 ? answer : undefined;
  });
}
