import { type JsonObject, numberOf } from "../json.ts";
import { between, type Random } from "./random.ts";
import { writeLength, writeWord } from "./write-text.ts";

const LONGEST = 10_000;

/** A string that keeps to `format`, `minLength` and `maxLength` of its schema. */
export function satisfyString(shape: JsonObject, random: Random): string {
  const formatted = formats[String(shape["format"])]?.(random);
  if (formatted !== undefined) return formatted;
  const fewest = Math.min(LONGEST, numberOf(shape["minLength"]) ?? 0);
  const word = writeWord(random);
  const text = word.length >= fewest ? word : writeLength(random, fewest);
  return text.slice(0, numberOf(shape["maxLength"]) ?? text.length);
}

const formats: Readonly<Record<string, ((random: Random) => string) | undefined>> = {
  date: date,
  time: time,
  "date-time": (random) => `${date(random)}T${time(random)}`,
  duration: (random) => `PT${between(random, 1, 59)}M`,
  email: (random) => `${writeWord(random)}@example.com`,
  hostname: (random) => `${writeWord(random)}.example.com`,
  uri: (random) => `https://example.com/${writeWord(random)}`,
  url: (random) => `https://example.com/${writeWord(random)}`,
  ipv4: (random) => `192.0.2.${between(random, 1, 254)}`,
  ipv6: (random) => `2001:db8::${between(random, 1, 254)}`,
  uuid: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`,
};

function date(random: Random): string {
  return `2026-${twoDigits(between(random, 1, 12))}-${twoDigits(between(random, 1, 28))}`;
}

function time(random: Random): string {
  return `${twoDigits(between(random, 0, 23))}:${twoDigits(between(random, 0, 59))}:00Z`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function hex(random: Random, digits: number): string {
  let text = "";
  for (let digit = 0; digit < digits; digit++) text += between(random, 0, 15).toString(16);
  return text;
}
