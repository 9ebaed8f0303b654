interface Visited {
  readonly index: number;
  /** The earliest node that can be reached from it along the way taken. */
  low: number;
  onStack: boolean;
}

/**
 * The circles of a graph: its strongly connected components of more than one node, and nodes that point at themselves
 * (Tarjan, Depth-first search and linear graph algorithms, 1972).
 */
export const findCircles = (
  edges: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] => {
  const visited = new Map<string, Visited>();
  const stack: string[] = [];
  const circles: (readonly string[])[] = [];
  const visit = (node: string): Visited => {
    const own: Visited = { index: visited.size, low: visited.size, onStack: true };
    visited.set(node, own);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      const known = visited.get(next);
      if (known === undefined) own.low = Math.min(own.low, visit(next).low);
      else if (known.onStack) own.low = Math.min(own.low, known.index);
    }
    if (own.low === own.index) {
      const component = stack.splice(stack.lastIndexOf(node));
      for (const member of component) visited.get(member)!.onStack = false;
      if (component.length > 1 || edges.get(node)?.includes(node)) circles.push(component.sort());
    }
    return own;
  };
  for (const node of edges.keys()) if (!visited.has(node)) visit(node);
  return circles;
};
