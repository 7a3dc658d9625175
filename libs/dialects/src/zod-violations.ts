import type { z } from "zod";
import { joinPath } from "./field-path.ts";
import type { Parsed, Violation } from "./parsed.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** More than this says nothing new to a caller. */
const MAX_VIOLATIONS = 32;

const RULES: Readonly<Record<string, string>> = {
  invalid_type: "type",
  invalid_union: "type",
  invalid_value: "unsupported",
  too_small: "min",
  too_big: "max",
  invalid_format: "format",
};

/** Holds a value against a schema; never throws, whatever the value is. */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown): Parsed<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { kind: "ok", value: result.data };
  const violations = result.error.issues.flatMap((issue) => toViolations(issue, [], value));
  return { kind: "invalid", violations: firstOfEachField(violations).slice(0, MAX_VIOLATIONS) };
}

function firstOfEachField(violations: readonly Violation[]): Violation[] {
  const first = new Map<string, Violation>();
  for (const violation of violations) if (!first.has(violation.field)) first.set(violation.field, violation);
  return [...first.values()];
}

function toViolations(issue: Issue, base: Path, root: unknown): Violation[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: joinPath([...path, key]),
      description: "This field is not known.",
      rule: "unknown_field",
    }));
  }
  if (valueAt(root, path) === undefined) {
    return [{ field: joinPath(path), description: "This field is required.", rule: "required" }];
  }
  if (issue.code === "invalid_union") return unionViolations(issue, path, root);
  return [{ field: joinPath(path), description: sentence(issue.message), rule: ruleOf(issue) }];
}

function ruleOf(issue: Issue): string {
  if (issue.code === "custom") return String(issue.params?.["rule"] ?? "format");
  return RULES[issue.code] ?? issue.code;
}

/** A union failed: the alternative that took the value's type and got furthest into it tells what is wrong. */
function unionViolations(issue: Extract<Issue, { code: "invalid_union" }>, path: Path, root: unknown): Violation[] {
  const closest = issue.errors.reduce<Issue[]>((best, next) => (closeness(next) > closeness(best) ? next : best), []);
  if (closeness(closest) > 0) return closest.flatMap((inner) => toViolations(inner, path, root));
  const expected = issue.errors.flat().map((inner) => sentence(inner.message).slice(0, -1));
  const description = expected.length === 0 ? "This value is not supported." : `${expected.join(", or ")}.`;
  return [{ field: joinPath(path), description, rule: expected.length === 0 ? "unsupported" : "type" }];
}

function closeness(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => 2 * issue.path.length + (issue.code === "invalid_type" ? 0 : 1)));
}

function sentence(message: string): string {
  return message.endsWith(".") ? message : `${message}.`;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
