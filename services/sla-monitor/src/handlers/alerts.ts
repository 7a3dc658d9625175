import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Alert } from "@fairlead/contracts/sla/v1/alert";
import {
  type AcknowledgeAlertRequest,
  type AcknowledgeAlertResponse,
  AcknowledgeAlertResponseSchema,
  type ListAlertsRequest,
  type ListAlertsResponse,
  ListAlertsResponseSchema,
} from "@fairlead/contracts/sla/v1/sla_service";
import type { AlertBook } from "../alert-book.ts";

const DEFAULT_LIMIT = 100;

/** Serves ListAlerts: newest first. */
export function listAlerts(book: AlertBook) {
  return async ({ activeOnly, leastSeverity, limit }: ListAlertsRequest): Promise<ListAlertsResponse> => {
    const alerts = (await book.list())
      .filter((alert) => (!activeOnly || !alert.resolved) && alert.severity >= leastSeverity)
      .toSorted((left, right) => changedAt(right) - changedAt(left));
    return create(ListAlertsResponseSchema, { alerts: alerts.slice(0, limit === 0 ? DEFAULT_LIMIT : limit) });
  };
}

/** Serves AcknowledgeAlert. */
export function acknowledgeAlert(book: AlertBook, now: () => number) {
  return async ({ alertId, acknowledgedBy, comment }: AcknowledgeAlertRequest): Promise<AcknowledgeAlertResponse> =>
    create(AcknowledgeAlertResponseSchema, { alert: await book.acknowledge(alertId, acknowledgedBy, comment, now()) });
}

function changedAt(alert: Alert): number {
  return alert.changedAt === undefined ? 0 : timestampMs(alert.changedAt);
}
