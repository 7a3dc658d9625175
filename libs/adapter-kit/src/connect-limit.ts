/** Header of a call that tells the milliseconds it has to connect to the provider and to send the request. */
export const CONNECT_HEADER = "x-fairlead-connect-ms";

/** Milliseconds at most. */
const LONGEST_MS = 3_600_000;

/** The milliseconds that a call has to connect and send: 1 to 3,600,000; 0 where its headers give no such limit. */
export function connectLimitOf(headers: ReadonlyMap<string, string>): number {
  const value = headers.get(CONNECT_HEADER);
  if (value === undefined || !/^\d{1,7}$/.test(value)) return 0;
  const milliseconds = Number(value);
  return milliseconds <= LONGEST_MS ? milliseconds : 0;
}
