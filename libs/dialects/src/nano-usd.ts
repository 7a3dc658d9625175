const DECIMAL = /^(-?)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?$/;
const NANO_DIGITS = 9;

/** Billionths of a dollar as an exact decimal number of dollars: 1_500_000n is "0.0015". */
export function formatNanoUsd(nano: bigint): string {
  const sign = nano < 0n ? "-" : "";
  const digits = (nano < 0n ? -nano : nano).toString().padStart(NANO_DIGITS + 1, "0");
  const fraction = digits.slice(-NANO_DIGITS).replace(/0+$/, "");
  const whole = digits.slice(0, -NANO_DIGITS);
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

/**
 * Dollars as billionths, exactly.
 *
 * @param dollars a decimal such as "0.0015" or 1.5e-3; a number counts as the shortest decimal that denotes it
 * @returns undefined when it is no decimal number, or finer than a billionth of a dollar
 */
export function parseNanoUsd(dollars: string | number): bigint | undefined {
  const match = DECIMAL.exec(String(dollars));
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const shift = NANO_DIGITS + Number(exponent) - fraction.length;
  const nano = shifted(BigInt(whole + fraction), shift);
  return nano === undefined || sign === "" ? nano : -nano;
}

function shifted(value: bigint, shift: number): bigint | undefined {
  if (shift >= 0) return value * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return value % divisor === 0n ? value / divisor : undefined;
}
