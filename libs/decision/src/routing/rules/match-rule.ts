import type { RuleCondition } from "./routing-rules.ts";

/** What rules look at. */
export interface RuleSubject {
  readonly model: string;
  readonly tenant: string;
  readonly role: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the tools on offer. */
  readonly tools: readonly string[];
  readonly category: string;
  readonly complexity: string;
}

/** Whether a rule is for a request. */
export function matchRule(when: RuleCondition, subject: RuleSubject): boolean {
  return (
    isAmong(when.tenants, subject.tenant) &&
    isAmong(when.roles, subject.role) &&
    isAmong(when.categories, subject.category) &&
    isAmong(when.complexities, subject.complexity) &&
    isAmong(when.models, subject.model) &&
    (isOpen(when.tools) || subject.tools.some((tool) => when.tools?.includes(tool))) &&
    Object.entries(when.headers ?? {}).every(([name, value]) => subject.headers[name] === value)
  );
}

function isAmong(names: readonly string[] | undefined, name: string): boolean {
  return isOpen(names) || (names?.includes(name) ?? false);
}

function isOpen(names: readonly string[] | undefined): boolean {
  return names === undefined || names.length === 0;
}
