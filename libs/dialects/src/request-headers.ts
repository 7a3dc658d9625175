import type { z } from "zod";
import type { Parsed, Violation } from "./parsed.ts";
import { parsed } from "./parsed.ts";
import { requestIdSchema, type RoutingTerms, termFields } from "./routing-terms.ts";
import { parseWith } from "./zod-violations.ts";

/** Headers as an HTTP server gives them; names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Term {
  readonly header: string;
  readonly name: keyof RoutingTerms;
  readonly schema: z.ZodType;
  readonly read: (text: string) => unknown;
}

const asText = (text: string) => text;
const asList = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
const asInteger = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : text);
const asBoolean = (text: string) => (/^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : text);

/** The standard name comes first, so that ours wins where both are sent. */
const TERMS: readonly Term[] = [
  { header: "idempotency-key", name: "idempotency_key", schema: termFields.idempotency_key, read: asText },
  { header: "x-fairlead-idempotency-key", name: "idempotency_key", schema: termFields.idempotency_key, read: asText },
  { header: "x-fairlead-tenant", name: "tenant", schema: termFields.tenant, read: asText },
  { header: "x-fairlead-role", name: "role", schema: termFields.role, read: asText },
  { header: "x-fairlead-balancing", name: "balancing", schema: termFields.balancing, read: asText },
  { header: "x-fairlead-user", name: "user", schema: termFields.user, read: asText },
  { header: "x-fairlead-project", name: "project", schema: termFields.project, read: asText },
  { header: "x-fairlead-tags", name: "tags", schema: termFields.tags, read: asList },
  { header: "x-fairlead-session-id", name: "session_id", schema: termFields.session_id, read: asText },
  { header: "x-fairlead-priority", name: "priority", schema: termFields.priority, read: asText },
  { header: "x-fairlead-strategy", name: "strategy", schema: termFields.strategy, read: asText },
  { header: "x-fairlead-provider", name: "provider", schema: termFields.provider, read: asText },
  { header: "x-fairlead-cache", name: "cache", schema: termFields.cache, read: asText },
  {
    header: "x-fairlead-cache-ttl-seconds",
    name: "cache_ttl_seconds",
    schema: termFields.cache_ttl_seconds,
    read: asInteger,
  },
  { header: "x-fairlead-timeout-ms", name: "timeout_ms", schema: termFields.timeout_ms, read: asInteger },
  { header: "x-fairlead-strict", name: "strict", schema: termFields.strict, read: asBoolean },
  { header: "x-fairlead-request-id", name: "request_id", schema: requestIdSchema, read: asText },
];

/** Reads the routing terms in a request's headers. Violations name the header. An empty header says nothing. */
export function readRequestHeaders(headers: RequestHeaders): Parsed<RoutingTerms> {
  const terms: Record<string, unknown> = {};
  const violations: Violation[] = [];
  for (const term of TERMS) {
    const text = headerText(headers[term.header]);
    if (text === "") continue;
    const value = parseWith(term.schema, term.read(text));
    if (value.kind === "ok") terms[term.name] = value.value;
    else violations.push(...value.violations.map((violation) => ({ ...violation, field: term.header })));
  }
  return parsed(terms as RoutingTerms, violations);
}

function headerText(value: string | readonly string[] | undefined): string {
  if (value === undefined) return "";
  return (typeof value === "string" ? value : value.join(",")).trim();
}
