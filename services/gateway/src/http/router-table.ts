import type { Handle } from "./exchange.ts";

/** How failures of a route are told. */
export type ErrorForm = "openai" | "anthropic" | "native";

/** A path of the edge. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** For example "/api/v1/budgets/{budget_id}"; a last word in braces with "+" takes the rest of the path. */
  readonly path: string;
  readonly errors: ErrorForm;
  readonly handle: Handle;
}

/** What a table says to a path. */
export type Match =
  | { readonly kind: "found"; readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: "other_method"; readonly allowed: readonly string[] }
  | { readonly kind: "none" };

/** Finds the route of a method and a path: by one look-up where the path has no open words. */
export function createRouteTable(routes: readonly Route[]): (method: string, path: string) => Match {
  const exact = new Map<string, Route>();
  const open: { route: Route; pattern: RegExp }[] = [];
  for (const route of routes) {
    if (route.path.includes("{")) open.push({ route, pattern: toPattern(route.path) });
    else exact.set(`${route.method} ${route.path}`, route);
  }
  return (method, path) => {
    const route = exact.get(`${method} ${path}`);
    if (route !== undefined) return { kind: "found", route, parameters: {} };
    const allowed = new Set(routes.filter((other) => other.path === path).map((other) => other.method));
    for (const { route: candidate, pattern } of open) {
      const match = pattern.exec(path);
      if (match === null) continue;
      if (candidate.method === method) return { kind: "found", route: candidate, parameters: decoded(match.groups ?? {}) };
      allowed.add(candidate.method);
    }
    return allowed.size > 0 ? { kind: "other_method", allowed: [...allowed] } : { kind: "none" };
  };
}

function toPattern(path: string): RegExp {
  const source = path.replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, rest: string) => `(?<${name}>${rest === "+" ? ".+" : "[^/]+"})`);
  return new RegExp(`^${source}$`);
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, safeDecode(value)]));
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
