/** The dialect whose unknown fields and blocks reach Cohere and come from it. */
export const COHERE_DIALECT = "cohere.chat";

/**
 * State of a reasoning part that is a plan to use tools. Cohere tells it beside the content and wants it back there,
 * where thinking is a block of the content.
 */
export const TOOL_PLAN = "tool_plan";
