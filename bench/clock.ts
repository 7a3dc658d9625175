/** Milliseconds on the monotonic clock that all threads of this machine share, with parts. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
