import { z } from "zod";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or a text such as "30s", "5m", "1h" or "7d"; whole milliseconds within bounds. */
export function duration(bounds: { readonly min: number; readonly max: number }) {
  const expectation = `expected milliseconds or a text such as 30s, 5m or 1h, from ${bounds.min} ms to ${bounds.max} ms`;
  return z
    .union([z.number(), z.string()], { error: expectation })
    .transform(toMilliseconds)
    .refine((value) => Number.isInteger(value) && value >= bounds.min && value <= bounds.max, { error: expectation });
}

function toMilliseconds(value: number | string): number {
  if (typeof value === "number") return value;
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(value.trim()) ?? [];
  return amount === "" ? Number.NaN : Number(amount) * (UNITS[unit === "" ? "ms" : unit] ?? Number.NaN);
}
