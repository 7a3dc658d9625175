import { create } from "@bufbuild/protobuf";
import { type ResetCircuitRequest, ResetCircuitResponseSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { CircuitBoard } from "../circuit-board.ts";
import type { Rests } from "../rests.ts";

/** Closes a circuit by hand, and forgets that its target asked to wait. */
export function resetCircuit(circuits: CircuitBoard, rests: Rests) {
  return async ({ provider, model, deployment }: ResetCircuitRequest) => {
    const target = { provider, model, deployment };
    rests.clear(target);
    return create(ResetCircuitResponseSchema, { circuit: circuits.reset(target) });
  };
}
