/** How much further the lines that an indented line is broken into are indented. */
const HANGING = 4;

const wrapLine = (line: string, width: number): string => {
  const indent = /^ */.exec(line)![0];
  const hanging = indent === "" ? "" : indent + " ".repeat(HANGING);
  const lines = [indent];
  let empty = true;
  for (const word of line.trim().split(" ")) {
    const current = lines.at(-1)!;
    if (!empty && current.length + 1 + word.length > width) {
      lines.push(hanging + word);
      continue;
    }
    lines[lines.length - 1] = empty ? current + word : `${current} ${word}`;
    empty = false;
  }
  return lines.join("\n");
};

/** Breaks each line of `text` between words at `width` columns; what was indented stays so, and hangs. */
export const wrapText = (text: string, width: number): string =>
  text
    .split("\n")
    .map((line) => wrapLine(line, width))
    .join("\n");
