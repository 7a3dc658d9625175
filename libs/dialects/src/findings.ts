import { type Leftovers, noLeftovers } from "./leftovers.ts";
import type { Violation } from "./parsed.ts";

/** What comes to light while a body's messages are converted. */
export interface Findings {
  readonly leftovers: Leftovers;
  readonly violations: Violation[];
  /** Notes that the messages hold something that cannot be taken; `path` is below the field that lists them. */
  readonly refuse: (path: string, description: string, rule: string) => undefined;
}

/** @param list field of the body that lists the messages */
export function noFindings(list = "messages"): Findings {
  const violations: Violation[] = [];
  return {
    leftovers: noLeftovers(),
    violations,
    refuse: (path, description, rule) => {
      violations.push({ field: `${list}${path}`, description, rule });
      return undefined;
    },
  };
}
