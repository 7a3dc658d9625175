/**
 * Nano-dollars of an amount in dollars, exactly.
 *
 * @param dollars decimal text such as "1.75", with nine decimal places at most
 * @throws RangeError when it is none
 */
export function parseNanoUsd(dollars: string): bigint {
  const match = /^(\d{1,6})(?:\.(\d{1,9}))?$/.exec(dollars);
  if (match === null) throw new RangeError("a price is decimal text with nine decimal places at most, for example \"1.75\"");
  return BigInt(match[1] ?? "0") * 1_000_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}
