export type RefusalKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "unknown_model"
  | "context_exceeded"
  | "too_large"
  | "rate_limited"
  | "overloaded"
  | "server";

interface RefusalFacts {
  /** The field that is at fault. */
  readonly param?: string;
  /** The vendor's own code, where it has one. */
  readonly code?: string;
  /** HTTP status, where it is not the usual one of the kind. */
  readonly status?: number;
  /** Seconds after which the caller may try again. */
  readonly retryAfter?: number | undefined;
}

/** Why a simulated vendor does not answer; each wire gives it the vendor's own shape. */
export class Refusal {
  readonly kind: RefusalKind;
  readonly message: string;
  readonly param: string | undefined;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;

  constructor(kind: RefusalKind, message: string, facts: RefusalFacts = {}) {
    this.kind = kind;
    this.message = message;
    this.param = facts.param;
    this.code = facts.code;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
  }
}

const KIND_BY_STATUS: ReadonlyMap<number, RefusalKind> = new Map([
  [401, "unauthenticated"],
  [403, "forbidden"],
  [404, "not_found"],
  [413, "too_large"],
  [429, "rate_limited"],
  [503, "overloaded"],
  [529, "overloaded"],
]);

const MESSAGES: Readonly<Record<RefusalKind, string>> = {
  invalid: "The request was refused by the simulator.",
  unauthenticated: "The credential was refused by the simulator.",
  forbidden: "The simulator does not allow this.",
  not_found: "The simulator found nothing here.",
  unknown_model: "The simulator does not know this model.",
  context_exceeded: "The prompt is too long for the model.",
  too_large: "The request is too large.",
  rate_limited: "Rate limit reached. Please try again later.",
  overloaded: "Overloaded",
  server: "The simulated provider had an error while processing your request.",
};

/** The refusal that belongs to an HTTP status of 400 or more. */
export function refusalOfStatus(status: number, retryAfter?: number): Refusal {
  const kind = KIND_BY_STATUS.get(status) ?? (status < 500 ? "invalid" : "server");
  return new Refusal(kind, MESSAGES[kind], { status, retryAfter });
}
