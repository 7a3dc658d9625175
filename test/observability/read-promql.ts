import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A series that a query asks for, and the labels that it must carry for the query to mean what it says. */
export interface AskedSeries {
  readonly name: string;
  /** Labels of its matchers, and those that it is grouped or joined by. */
  readonly labels: readonly string[];
}

/**
 * The series that a PromQL expression asks for, by Prometheus' own grammar.
 *
 * @throws Error that shows the place where it is not PromQL
 */
export function readPromql(expression: string): AskedSeries[] {
  const found: AskedSeries[] = [];
  const textOf = ({ from, to }: { from: number; to: number }) => expression.slice(from, to);
  const labelsIn = (node: SyntaxNode) => namesBelow(node, ["LabelName"]).map(textOf);
  parser.parse(expression).iterate({
    enter({ type, node, from }) {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expression.slice(0, from)} >>> ${expression.slice(from)}`);
      if (type.name !== "VectorSelector") return;
      const name = node.getChild("Identifier");
      if (name === null) throw new Error(`a selector without a name: ${textOf(node)}`);
      const matchers = node.getChild("LabelMatchers");
      const labels = [...(matchers === null ? [] : labelsIn(matchers)), ...groupings(node).flatMap(labelsIn)];
      found.push({ name: textOf(name), labels: [...new Set(labels)] });
    },
  });
  return found;
}

/** What a selector is grouped by or joined on, at any level above it. */
function groupings(selector: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let node = selector.parent; node !== null; node = node.parent) {
    const modifier = node.getChild("AggregateModifier") ?? node.getChild("MatchingModifierClause");
    const labels = modifier?.getChild("GroupingLabels");
    if (labels !== null && labels !== undefined) found.push(labels);
  }
  return found;
}

function namesBelow(node: SyntaxNode, kinds: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const cursor = node.cursor();
  const { to } = node;
  do {
    if (cursor.from >= to && cursor.node !== node) break;
    if (kinds.includes(cursor.name)) found.push(cursor.node);
  } while (cursor.next());
  return found.filter((one) => one.from >= node.from && one.to <= to);
}
