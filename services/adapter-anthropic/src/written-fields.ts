import type { OutputConfig, ThinkingConfigParam, Tool, ToolChoice } from "@anthropic-ai/sdk/resources/messages";
import type { AdaptationLog } from "@fairlead/adapter-kit/adaptations";
import { isObject } from "@fairlead/adapter-kit/json";
import { passUnknownFields } from "@fairlead/adapter-kit/unknown-fields";
import type { ChatRequest } from "@fairlead/contracts/chat/v1/chat_request";
import { ANTHROPIC_DIALECT } from "./dialect.ts";
import type { AnthropicToolFields } from "./to-anthropic-tools.ts";

/** Fields that the request decides alone. Others that it decides too stand as the caller wrote them. */
const DECIDED = { model: true, max_tokens: true, messages: true, stream: true };

/** Names of features at most, and their form. */
const MOST_BETAS = 32;
const BETA = /^[a-zA-Z0-9._-]{1,128}$/;

/** What a caller wrote in Anthropic's own dialect. */
export interface WrittenFields {
  /** Fields of the body that nothing of the request bears on. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** All tools, with those that Anthropic runs, and how they are used. */
  readonly tools: AnthropicToolFields;
  readonly thinking: ThinkingConfigParam | undefined;
  readonly output: OutputConfig | undefined;
  /** Features of the API that must be named in a header to be used; SDKs write them beside the fields of the body. */
  readonly betas: readonly string[];
}

/** Takes the fields of a request that are written in Anthropic's own dialect; others are noted as dropped. */
export function takeWritten(request: ChatRequest, log: AdaptationLog): WrittenFields {
  const passed = request.unknownFields.length === 0 ? {} : passUnknownFields(request, ANTHROPIC_DIALECT, DECIDED, log);
  const { tools, tool_choice: choice, thinking, output_config: output, betas, anthropic_beta: sameBetas, ...fields } = passed;
  const named = [betas, sameBetas].flat().filter((name): name is string => typeof name === "string" && BETA.test(name));
  return {
    fields,
    tools: {
      ...(Array.isArray(tools) ? { tools: tools as Tool[] } : {}),
      ...(isObject(choice) ? { tool_choice: choice as unknown as ToolChoice } : {}),
    },
    thinking: isObject(thinking) ? (thinking as unknown as ThinkingConfigParam) : undefined,
    output: isObject(output) ? output : undefined,
    betas: [...new Set(named)].slice(0, MOST_BETAS),
  };
}
