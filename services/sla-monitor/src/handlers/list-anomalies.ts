import { create } from "@bufbuild/protobuf";
import { type ListAnomaliesRequest, type ListAnomaliesResponse, ListAnomaliesResponseSchema } from "@fairlead/contracts/sla/v1/sla_service";
import { includesScope } from "@fairlead/decision/sla/scope";
import type { AnomalyLog } from "../anomaly-watch.ts";
import { toScope } from "./to-scope.ts";

const MOST = 500;

/** Serves ListAnomalies: newest first. */
export function listAnomalies(log: AnomalyLog) {
  return async ({ scope, activeOnly }: ListAnomaliesRequest): Promise<ListAnomaliesResponse> => {
    const anomalies = (await log.list())
      .filter((anomaly) => includesScope(toScope(scope), toScope(anomaly.scope)) && (!activeOnly || anomaly.end === undefined))
      .toReversed()
      .slice(0, MOST);
    return create(ListAnomaliesResponseSchema, { anomalies });
  };
}
