import type { CountTokensResponse } from "@fairlead/contracts/routing/v1/router_service";

/** A count of a prompt's tokens, with where it was made beside it. */
export interface CountBody {
  readonly input_tokens: number;
  readonly fairlead: {
    readonly request_id: string;
    readonly provider: string;
    readonly model: string;
    /** True when the provider did not count and this was worked out from the text. */
    readonly estimated: boolean;
  };
}

/** A count as an answer of Anthropic's API. */
export function toCountBody({ inputTokens, estimated, provider, model }: CountTokensResponse, requestId: string): CountBody {
  return { input_tokens: inputTokens, fairlead: { request_id: requestId, provider, model, estimated } };
}
