import { ErrorCode } from "@fairlead/contracts/errors/v1/error";
import type { PlannedAttempt } from "@fairlead/contracts/execution/v1/plan";
import type { CostVerdict } from "@fairlead/decision/fallback/cost-room";
import type { Attempted } from "./attempt.ts";
import type { Passage } from "./circuit-board.ts";
import type { ExecutionTools } from "./execution-tools.ts";

/** Whether a target may be called now. */
export type Admission =
  | { readonly kind: "admitted"; readonly passage: Passage; readonly client: Attempted["client"] }
  | {
      readonly kind: "refused";
      readonly code: ErrorCode;
      readonly message: string;
      /** Milliseconds until it may be called; undefined: not known. */
      readonly waitMs?: number;
    };

/** Looks whether a target may be called; of a circuit that is half open few calls get one of its passages. */
export function admitCall(tools: ExecutionTools, planned: PlannedAttempt, fit: CostVerdict): Admission {
  const { circuits, adapters, rests } = tools;
  const client = adapters.find(planned.provider);
  if (client === undefined) return refused(ErrorCode.UNAVAILABLE, "Its adapter is not there.");
  if (fit === "over_limit") return refused(ErrorCode.COST_LIMIT_EXCEEDED, "Its worst case is above what is left of the request's cost limit.");
  if (fit === "over_hold") return refused(ErrorCode.BUDGET_EXCEEDED, "Its worst case is above what is left of what a budget holds for the request.");
  const rest = rests.until(planned);
  if (rest > 0) return refused(ErrorCode.RATE_LIMITED, "It asked not to be called yet.", rest - tools.tools.now());
  const passage = circuits.ask(planned);
  if (passage === undefined) return refused(ErrorCode.CIRCUIT_OPEN, "Its circuit is open.", circuits.opensInMs(planned));
  return { kind: "admitted", passage, client };
}

function refused(code: ErrorCode, message: string, waitMs?: number): Admission {
  return { kind: "refused", code, message, ...(waitMs === undefined ? {} : { waitMs }) };
}
