import { type ServiceError, status } from "@grpc/grpc-js";

/** What grpc-js (1.14) says of a call that the peer refused before any of its code saw it. It has no other mark of that. */
const REFUSED = "Stream refused by server";

/** Times that a call is sent again beyond the one repetition of grpc-js itself. */
const REPEATS = 3;

/**
 * True where a call never reached a handler and may be sent again. A peer that ends, or closes a connection at its age,
 * refuses all that was on its way to it. grpc-js sends such a call once more; under load the second one can meet the same.
 */
export function mayRepeat(error: ServiceError | null, repeats: number): boolean {
  return error !== null && repeats < REPEATS && error.code === status.UNAVAILABLE && error.details === REFUSED;
}
