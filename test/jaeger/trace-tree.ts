import type { JaegerSpan } from "./jaeger-query.ts";

/** A span with those below it. */
export interface TreeNode {
  readonly span: JaegerSpan;
  readonly children: readonly TreeNode[];
}

/** The trees that spans form, the children of each in the order in which they began. More than one: something is missing. */
export function toTrees(spans: readonly JaegerSpan[]): TreeNode[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parentId: string): TreeNode[] =>
    spans
      .filter((span) => span.parentId === parentId)
      .toSorted((a, b) => a.start - b.start)
      .map((span) => ({ span, children: below(span.spanId) }));
  const tops = spans.filter(({ parentId }) => parentId === "" || !ids.has(parentId));
  return tops.map((span) => ({ span, children: below(span.spanId) }));
}

/** The shape of a tree as text, one span a line. What ran side by side is in the order of its names, so that it compares. */
export function shapeOf({ span, children }: TreeNode, depth = 0): string[] {
  const line = `${"  ".repeat(depth)}${span.service} ${span.kind} ${span.name}${span.failed ? " (failed)" : ""}`;
  const below = children.map((child) => shapeOf(child, depth + 1)).toSorted((a, b) => (a.join("\n") < b.join("\n") ? -1 : 1));
  return [line, ...below.flat()];
}

/** A tree as text for people: when each span began, how long it took, and what it is about. */
export function drawTree(root: TreeNode, told: readonly string[]): string {
  const draw = ({ span, children }: TreeNode, depth: number): string[] => {
    const begun = milliseconds(span.start - root.span.start).padStart(9);
    const took = milliseconds(span.duration).padStart(9);
    const tags = told.filter((name) => span.tags[name] !== undefined).map((name) => `${name}=${String(span.tags[name])}`);
    const line = `${begun} ${took}  ${"  ".repeat(depth)}${span.failed ? "! " : ""}${span.service}: ${span.name}`;
    return [[line, ...tags].join("  "), ...children.flatMap((child) => draw(child, depth + 1))];
  };
  return ["    began      took", ...draw(root, 0)].join("\n");
}

const milliseconds = (microseconds: number): string => `${(microseconds / 1000).toFixed(1)} ms`;
