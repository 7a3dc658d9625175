/** Provider whose signatures callers of this dialect hold without Fairlead's mark on them. */
export const HOME = "anthropic";

/** Dialect of fields that only Anthropic's Messages know. */
export const ANTHROPIC_MESSAGES = "anthropic.messages";
