import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A runnable example off a docblock. */
export interface Example {
  /** File and line of its fence, from the repository's root: `src/edit/methods.ts:17`. */
  readonly place: string;
  /** The code between the fences. */
  readonly code: string;
}

const DOCBLOCK = /\/\*\*[\s\S]*?\*\//g;
/** `@example`, perhaps a caption, and a fenced block. */
const EXAMPLE = /@example[^\n]*\n```ts\n([\s\S]*?)\n?```/g;

/** Number of lines before `index`, so that the first line is 0. */
const linesBefore = (text: string, index: number): number => text.slice(0, index).split("\n").length - 1;

/** The examples in one file's docblocks; throws where an `@example` has no closed `ts` fence. */
export const examplesOf = (file: string, text: string): readonly Example[] =>
  [...text.matchAll(DOCBLOCK)].flatMap((docblock) => {
    const body = docblock[0].replaceAll(/^[ \t]*\*(?!\/) ?/gm, "");
    const examples = [...body.matchAll(EXAMPLE)];
    const start = linesBefore(text, docblock.index) + 1;
    if (examples.length !== body.split("@example").length - 1)
      throw new Error(`${file}:${start}: an @example without a closed \`\`\`ts fence`);
    return examples.map((example) => ({
      place: `${file}:${start + linesBefore(body, body.indexOf("```", example.index))}`,
      code: example[1]!,
    }));
  });

/** Every example in the `.ts` files below `folder`, which is named from the repository's root. */
export const readExamples = (root: string, folder: string): readonly Example[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => examplesOf(join(folder, name), readFileSync(join(root, folder, name), "utf8")));
