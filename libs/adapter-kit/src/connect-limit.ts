import { CONNECT_HEADER } from "@fairlead/rpc/connect-header";

/** Milliseconds at most. */
const LONGEST_MS = 3_600_000;

/** The milliseconds that a call has to connect and send: 1 to 3,600,000; 0 where its headers give no such limit. */
export function connectLimitOf(headers: ReadonlyMap<string, string>): number {
  const value = headers.get(CONNECT_HEADER);
  if (value === undefined || !/^\d{1,7}$/.test(value)) return 0;
  const milliseconds = Number(value);
  return milliseconds <= LONGEST_MS ? milliseconds : 0;
}
