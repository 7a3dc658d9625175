/** Learns of calls for metrics: told at the start, and with what was thrown, if anything, at the end. */
export type CallObserver = (side: "client" | "server", method: string) => (thrown?: unknown) => void;

const nothing = () => undefined;

/** Observes nothing. */
export const unobserved: CallObserver = () => nothing;
