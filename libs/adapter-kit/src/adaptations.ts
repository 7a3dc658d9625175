import { type Adaptation, AdaptationKind } from "@fairlead/contracts/chat/v1/chat_response";
import { invalidField } from "@fairlead/rpc/fairlead-error";

/** Notes what of a request a provider could not take. Details must not hold content of the request. */
export interface AdaptationLog {
  readonly entries: readonly Adaptation[];
  /** The field was left out. In strict mode throws INVALID_REQUEST instead. */
  dropped(field: string, detail: string): void;
  /** The field was moved into the provider's range. In strict mode throws INVALID_REQUEST instead. */
  clamped(field: string, detail: string): void;
  /** The field's aim was reached in another way; not refused in strict mode. */
  emulated(field: string, detail: string): void;
}

/** Makes an empty log. */
export function createAdaptationLog(strict: boolean): AdaptationLog {
  const entries: Adaptation[] = [];
  const note = (field: string, kind: AdaptationKind, detail: string) => {
    if (strict && kind !== AdaptationKind.EMULATED) throw invalidField(`chat.${field}`, detail, "fairlead.strict");
    entries.push({ $typeName: "fairlead.chat.v1.Adaptation", field, kind, detail });
  };
  return {
    entries,
    dropped: (field, detail) => note(field, AdaptationKind.DROPPED, detail),
    clamped: (field, detail) => note(field, AdaptationKind.CLAMPED, detail),
    emulated: (field, detail) => note(field, AdaptationKind.EMULATED, detail),
  };
}
