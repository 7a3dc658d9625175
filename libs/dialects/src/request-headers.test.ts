import { CacheMode, Priority } from "@fairlead/contracts/routing/v1/request_context";
import { readRequestHeaders } from "./request-headers.ts";
import { mergeTerms, toContext, toPolicy } from "./routing-terms.ts";

describe("request headers", () => {
  it("name the terms of a request", () => {
    const terms = readRequestHeaders({
      "x-fairlead-tenant": "acme",
      "x-fairlead-user": "u@acme.org",
      "x-fairlead-project": "p1",
      "x-fairlead-tags": "a, team=b,",
      "x-fairlead-session-id": "s-1",
      "x-fairlead-priority": "batch",
      "x-fairlead-strategy": "cost",
      "x-fairlead-provider": "openai",
      "x-fairlead-cache": "read_write",
      "x-fairlead-cache-ttl-seconds": "60",
      "x-fairlead-timeout-ms": "1500",
      "x-fairlead-strict": "TRUE",
      "x-fairlead-request-id": "req-1",
      "idempotency-key": "standard",
      "x-fairlead-idempotency-key": "ours",
      "x-other": "ignored",
    });
    if (terms.kind === "invalid") throw new Error(JSON.stringify(terms.violations));
    expect(toContext(terms.value)).toEqual({
      $typeName: "fairlead.routing.v1.RequestContext",
      role: "",
      headers: {},
      requestId: "req-1",
      tenant: "acme",
      user: "u@acme.org",
      project: "p1",
      tags: ["a", "team=b"],
      sessionId: "s-1",
      priority: Priority.BATCH,
      idempotencyKey: "ours",
      cacheMode: CacheMode.READ_WRITE,
      cacheTtlSeconds: 60,
      conversationId: "",
      timeoutMs: 1500,
      strict: true,
    });
    expect(toPolicy(terms.value)).toMatchObject({ strategy: "cost", provider: "openai" });
  });

  it.each([
    ["x-fairlead-priority", "urgent", "unsupported"],
    ["x-fairlead-timeout-ms", "soon", "type"],
    ["x-fairlead-timeout-ms", "-1", "type"],
    ["x-fairlead-cache-ttl-seconds", "99999999", "max"],
    ["x-fairlead-strict", "maybe", "type"],
    ["x-fairlead-tenant", "a b", "format"],
    ["x-fairlead-tags", "ok,n°1", "format"],
    ["idempotency-key", "k".repeat(257), "max"],
  ])("are refused by name: %s: %s", (header, value, rule) => {
    const terms = readRequestHeaders({ [header]: value });
    expect(terms).toMatchObject({ kind: "invalid", violations: [{ field: header, rule }] });
  });

  it("say nothing when they are empty", () => {
    expect(readRequestHeaders({ "x-fairlead-tenant": "", "x-fairlead-tags": undefined })).toEqual({
      kind: "ok",
      value: {},
    });
  });

  it("give way to the body", () => {
    const merged = mergeTerms({ tenant: "header", user: "header" }, { tenant: "body", project: "p" });
    expect(merged).toEqual({ tenant: "body", project: "p", user: "header" });
  });
});
