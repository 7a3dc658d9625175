const NULL = "null";

/** Arguments of a whole call. Cohere writes none as nothing or as `null`, which no tool takes for arguments. */
export function toolArguments(text: string): string {
  return text === "" || text === NULL ? "{}" : text;
}

/** The same for arguments that come in fragments. */
export interface ArgumentFragments {
  /** What of the arguments can go out; empty: nothing yet. */
  take(fragment: string): string;
  /** What is left at the end. */
  end(): string;
}

/** Holds back what may still turn out to be `null`. */
export function createArgumentFragments(): ArgumentFragments {
  let held: string | undefined = "";
  return {
    take(fragment) {
      if (held === undefined) return fragment;
      const text = held + fragment;
      held = NULL.startsWith(text) ? text : undefined;
      return held === undefined ? text : "";
    },
    end: () => (held === undefined ? "" : toolArguments(held)),
  };
}
