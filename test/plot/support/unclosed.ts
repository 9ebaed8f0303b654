/** HTML elements that have no end. */
const VOID = new Set(["!doctype", "meta", "input"]);

/**
 * Tags of a page or an SVG file without their closing one, in order. Throws where an element closes another, so that
 * a file that passes is a tree.
 */
export const unclosed = (text: string): readonly string[] => {
  const open: string[] = [];
  const elements = text.replaceAll(/(<(?:style|script)>)[\s\S]*?(<\/)/g, "$1$2");
  for (const [tag, end, name, self] of elements.matchAll(/<(\/?)(!?[a-z0-9]+)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    if (self === "/" || VOID.has(name!)) continue;
    if (end !== "/") open.push(name!);
    else if (open.pop() !== name) throw new Error(`${tag} closes another element`);
  }
  return open;
};
