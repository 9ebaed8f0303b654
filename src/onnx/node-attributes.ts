import type { Attribute, Node } from "./graph.ts";

const attributeValue = (
  node: Node,
  name: string,
  kind: Attribute["kind"],
): Attribute["value"] | undefined => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === kind ? attribute.value : undefined;
};

/** An integer attribute, or `fallback` where it is absent. */
export const intAttribute = (node: Node, name: string, fallback: number): number =>
  (attributeValue(node, name, "int") as number | undefined) ?? fallback;

/** A float attribute, or `fallback` where it is absent. */
export const floatAttribute = (node: Node, name: string, fallback: number): number =>
  (attributeValue(node, name, "float") as number | undefined) ?? fallback;

/** A string attribute, or `fallback` where it is absent. */
export const stringAttribute = (node: Node, name: string, fallback: string): string =>
  (attributeValue(node, name, "string") as string | undefined) ?? fallback;

/** An attribute of several integers, undefined where it is absent. */
export const intsAttribute = (node: Node, name: string): readonly number[] | undefined =>
  attributeValue(node, name, "ints") as readonly number[] | undefined;

/** `axis` counted from the front. */
export const normalizeAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
