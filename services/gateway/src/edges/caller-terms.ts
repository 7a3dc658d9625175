import type { Adaptation } from "@fairlead/contracts/chat/v1/chat_response";
import type { UnknownField } from "@fairlead/contracts/chat/v1/content";
import type { RouteReport } from "@fairlead/contracts/routing/v1/route_report";
import { callerNames, type FieldNames } from "@fairlead/dialects/caller-names";
import { FairleadError } from "@fairlead/rpc/fairlead-error";

/** Tells of a request in its caller's own terms. */
export interface CallerTerms {
  /** What a call gives, or its failure in the caller's terms. */
  telling<T>(call: Promise<T>): Promise<T>;
  error(thrown: unknown): unknown;
  report(report: RouteReport): RouteReport;
  adaptations(adaptations: Adaptation[]): Adaptation[];
}

/**
 * @param names  what the caller's dialect calls the fields of the contract
 * @param fields of the request that the contract does not know
 */
export function callerTerms(names: FieldNames, fields: readonly UnknownField[]): CallerTerms {
  const named = callerNames(names, fields);
  const adaptations = (told: Adaptation[]) =>
    told.length === 0 ? told : told.map((adaptation) => ({ ...adaptation, field: named(adaptation.field) }));
  const error = (thrown: unknown) => {
    if (!(thrown instanceof FairleadError)) return thrown;
    const { detail } = thrown;
    const violations = detail.violations.map((violation) => ({ ...violation, field: named(violation.field) }));
    return new FairleadError({ ...detail, message: named(detail.message), violations }, thrown);
  };
  return {
    error,
    telling: (call) =>
      call.catch((thrown: unknown) => {
        throw error(thrown);
      }),
    report: (report) => (report.adaptations.length === 0 ? report : { ...report, adaptations: adaptations(report.adaptations) }),
    adaptations,
  };
}
