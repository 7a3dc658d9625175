import { create } from "@bufbuild/protobuf";
import { ListCircuitsResponseSchema } from "@fairlead/contracts/execution/v1/execution_service";
import type { CircuitBoard } from "../circuit-board.ts";

/** Lists the circuits. */
export function listCircuits(circuits: CircuitBoard) {
  return async () => create(ListCircuitsResponseSchema, { circuits: circuits.list() });
}
