import type { MessageCountTokensParams } from "@anthropic-ai/sdk/resources/messages";
import type { AnthropicBody } from "./to-anthropic-request.ts";

/** Fields of a request for a message that bear on its prompt; the counting of tokens refuses all others. */
const COUNTED = ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control", "context_management", "mcp_servers"];

/** The body that has Anthropic count the tokens of a request's prompt. */
export function toCountBody(body: AnthropicBody): MessageCountTokensParams {
  const fields = Object.entries(body).filter(([name]) => COUNTED.includes(name));
  return Object.fromEntries(fields) as unknown as MessageCountTokensParams;
}
