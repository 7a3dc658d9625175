import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { namesUnknownFields } from "@fairlead/dialects/unknown-names";
import { FairleadError } from "@fairlead/rpc/fairlead-error";

/** Tells of a request in its caller's own terms. */
export interface CallerTerms {
  error(thrown: unknown): unknown;
  report(report: RouteReport): RouteReport;
  adaptations(adaptations: Adaptation[]): Adaptation[];
}

const SAME: CallerTerms = { error: (thrown) => thrown, report: (report) => report, adaptations: (adaptations) => adaptations };

/** @param fields of the request that the contract does not know */
export function callerTerms(fields: readonly UnknownField[]): CallerTerms {
  if (fields.length === 0) return SAME;
  const named = namesUnknownFields(fields);
  const adaptations = (told: readonly Adaptation[]) => told.map((adaptation) => ({ ...adaptation, field: named(adaptation.field) }));
  return {
    error(thrown) {
      if (!(thrown instanceof FairleadError)) return thrown;
      const { detail } = thrown;
      const violations = detail.violations.map((violation) => ({ ...violation, field: named(violation.field) }));
      return new FairleadError({ ...detail, message: named(detail.message), violations }, thrown);
    },
    report: (report) => ({ ...report, adaptations: adaptations(report.adaptations) }),
    adaptations,
  };
}
