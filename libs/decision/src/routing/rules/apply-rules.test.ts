import { create } from "@bufbuild/protobuf";
import { FallbackTriggersSchema, RoutingPolicySchema } from "@fairlead/contracts/routing/v1/routing_policy";
import { applyRules } from "./apply-rules.ts";
import type { RuleSubject } from "./match-rule.ts";
import type { RoutingRules, RuleCondition } from "./routing-rules.ts";

const subject: RuleSubject = {
  model: "auto",
  tenant: "acme",
  role: "client",
  headers: { "x-team": "search" },
  tools: ["get_weather", "book"],
  category: "code",
  complexity: "complex",
};

function apply(rules: Partial<RoutingRules>, more: Partial<RuleSubject> = {}, policy = create(RoutingPolicySchema)) {
  return applyRules({ aliases: {}, rules: [], ...rules }, { ...subject, ...more }, policy);
}

describe("routing rules", () => {
  it.each<[string, RuleCondition, boolean]>([
    ["anybody", {}, true],
    ["a tenant", { tenants: ["other", "acme"] }, true],
    ["another tenant", { tenants: ["other"] }, false],
    ["a role", { roles: ["client"] }, true],
    ["another role", { roles: ["admin"] }, false],
    ["a tool on offer", { tools: ["book"] }, true],
    ["a tool that is not on offer", { tools: ["pay"] }, false],
    ["a kind of task", { categories: ["code"], complexities: ["complex"] }, true],
    ["another kind of task", { categories: ["code"], complexities: ["simple"] }, false],
    ["a header", { headers: { "x-team": "search" } }, true],
    ["another value of a header", { headers: { "x-team": "ads" } }, false],
    ["a header that is missing", { headers: { "x-other": "1" } }, false],
    ["a model", { models: ["auto"] }, true],
    ["all of several things, one of which does not hold", { tenants: ["acme"], roles: ["admin"] }, false],
  ])("are for %s", (_, when, matches) => {
    expect(apply({ rules: [{ name: "one", when, policy: { strategy: "cost" } }] })).toMatchObject({
      applied: matches ? ["one"] : [],
      policy: { strategy: matches ? "cost" : "" },
    });
  });

  it("fill only what is open: the request wins, then the first rule", () => {
    const rules = [
      { name: "first", when: {}, policy: { strategy: "speed", minQuality: 0.5 } },
      { name: "second", when: {}, policy: { strategy: "quality", provider: "openai", balancing: "round_robin" } },
    ];
    const policy = create(RoutingPolicySchema, { provider: "google" });
    const ruled = apply({ rules }, {}, policy);
    expect(ruled.policy).toMatchObject({ strategy: "speed", minQuality: 0.5, provider: "google", balancing: "round_robin" });
    expect(ruled.applied).toEqual(["first", "second"]);
    expect(policy).toEqual(create(RoutingPolicySchema, { provider: "google" }));
  });

  it("fill triggers one by one", () => {
    const rules = [{ name: "one", when: {}, policy: { triggers: create(FallbackTriggersSchema, { refusal: true, timeout: false }) } }];
    const own = create(RoutingPolicySchema, { triggers: { timeout: true, minScore: 0.2 } });
    expect(apply({ rules }, {}, own).policy.triggers).toMatchObject({ refusal: true, timeout: true, minScore: 0.2 });
  });

  it("give a model to requests that name none, and none to those that do", () => {
    const rules = [{ name: "one", when: {}, model: "gpt-4o", policy: {} }];
    expect(apply({ rules }).model).toBe("gpt-4o");
    expect(apply({ rules }, { model: "claude" }).model).toBe("claude");
  });
});

describe("model aliases", () => {
  const aliases = {
    team: { models: ["one", "two", "three"], policy: { strategy: "manual" } },
    quick: { models: [], policy: { strategy: "speed" } },
  };

  it("stand for models, the others of which are fallbacks", () => {
    const ruled = apply({ aliases }, { model: "team" });
    expect(ruled).toMatchObject({ model: "one", applied: ["alias team"], policy: { strategy: "manual", fallbackModels: ["two", "three"] } });
  });

  it("stand for a way of choosing among all models", () => {
    expect(apply({ aliases }, { model: "quick" })).toMatchObject({ model: "auto", policy: { strategy: "speed" } });
  });

  it("may be what a rule gives, and give way to it", () => {
    const rules = [{ name: "one", when: {}, model: "team", policy: { strategy: "cost" } }];
    expect(apply({ aliases, rules })).toMatchObject({ model: "one", policy: { strategy: "cost" }, applied: ["one", "alias team"] });
  });

  it.each(["constructor", "__proto__", "toString"])("are not what every object has: %s", (model) => {
    expect(apply({ aliases }, { model })).toMatchObject({ model, applied: [] });
  });
});
