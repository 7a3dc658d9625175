/** The dialect whose foreign blocks and unknown fields reach Anthropic and come from it. */
export const ANTHROPIC_DIALECT = "anthropic.messages";
