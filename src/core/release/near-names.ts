/** Names offered for one that is unknown. */
const MOST_NAMES = 3;

/** Edits (insert, delete, replace a character) that lead from `left` to `right`: Levenshtein 1966. */
const editDistance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [index, character] of [...left].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= right.length; column++)
      next.push(
        Math.min(
          row[column]! + 1,
          next[column - 1]! + 1,
          row[column - 1]! + Number(right[column - 1] !== character),
        ),
      );
    row = next;
  }
  return row.at(-1)!;
};

/** Those of `names` nearest to `wanted`, the nearest first: one contains the other, or at most half of it differs. */
export const nearNames = (wanted: string, names: readonly string[]): readonly string[] =>
  names
    .map((name) => {
      const contains = name.includes(wanted) || wanted.includes(name);
      return { name, distance: contains ? 0 : editDistance(wanted, name) };
    })
    .filter(({ name, distance }) => distance <= Math.max(wanted.length, name.length) / 2)
    .sort((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, MOST_NAMES)
    .map(({ name }) => name);
