import { create } from "@bufbuild/protobuf";
import { type ResetCircuitRequest, ResetCircuitResponseSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { CircuitBoard } from "../circuit-board.ts";

/** Closes a circuit by hand. */
export function resetCircuit(circuits: CircuitBoard) {
  return async ({ provider, model }: ResetCircuitRequest) =>
    create(ResetCircuitResponseSchema, { circuit: circuits.reset(provider, model) });
}
