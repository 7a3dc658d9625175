import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

/** A rendered object, as far as it is read here. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: any;
}

/** Reads a rendered chart. */
export function readRendered(file: URL): Rendered[] {
  return parseAllDocuments(readFileSync(file, "utf8"))
    .map((document) => document.toJS() as Rendered | null)
    .filter((object): object is Rendered => object !== null);
}

/** A rule's port: a number, or a name of one. */
type Port = number | string;

/** What the policies let through, seen from one end. */
interface Opening {
  /** Whom the policy is for. */
  readonly own: string;
  /** The other end: a component of the release, "namespace <name>", "clients" or "outside". */
  readonly other: string;
  readonly port: Port;
}

const COMPONENT = "app.kubernetes.io/component";
const NAMESPACE = "kubernetes.io/metadata.name";

/** Policies that select every pod of the release and let nothing through. */
export function denyAll(objects: readonly Rendered[]): Rendered[] {
  return policiesOf(objects).filter(({ spec }) => componentOf(spec.podSelector) === undefined && spec.ingress === undefined && spec.egress === undefined);
}

/** What may leave each component. */
export function egressOf(objects: readonly Rendered[]): Opening[] {
  return openingsOf(objects, "egress", "to");
}

/** What may come to each component. */
export function ingressOf(objects: readonly Rendered[]): Opening[] {
  return openingsOf(objects, "ingress", "from");
}

/** Calls between components that both ends let through: "caller -> callee:port". */
export function edgesOfPolicies(objects: readonly Rendered[]): string[] {
  const taken = new Set(ingressOf(objects).map(({ own, other, port }) => `${other} -> ${own}:${port}`));
  return egressOf(objects)
    .map(({ own, other, port }) => `${own} -> ${other}:${port}`)
    .filter((edge) => taken.has(edge))
    .sort();
}

function openingsOf(objects: readonly Rendered[], direction: "ingress" | "egress", end: "from" | "to"): Opening[] {
  return policiesOf(objects).flatMap(({ metadata, spec }) => {
    const own = componentOf(spec.podSelector);
    const rules: any[] = spec[direction] ?? [];
    if (own === undefined) return [];
    return rules.flatMap((rule) => {
      // A rule without ends or ports is open to all of them, which none of ours may be.
      if (rule[end] === undefined || rule.ports === undefined) throw new Error(`${metadata.name}: a rule of ${direction} is open`);
      return rule[end].flatMap((peer: any) => rule.ports.map(({ port }: { port: Port }) => ({ own, other: nameOf(peer), port })));
    });
  });
}

function policiesOf(objects: readonly Rendered[]): Rendered[] {
  return objects.filter(({ kind }) => kind === "NetworkPolicy");
}

function nameOf({ podSelector, namespaceSelector, ipBlock }: any): string {
  if (ipBlock !== undefined) return "outside";
  const component = componentOf(podSelector);
  if (namespaceSelector === undefined && component !== undefined) return component;
  const namespace = namespaceSelector?.matchLabels?.[NAMESPACE];
  return namespace === undefined ? "clients" : `namespace ${namespace}`;
}

function componentOf(selector: any): string | undefined {
  return selector?.matchLabels?.[COMPONENT];
}
