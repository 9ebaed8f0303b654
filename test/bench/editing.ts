import type { Edit } from "../../src/core/edit/edit.ts";
import { METHODS } from "../../src/edit/methods.ts";
import { type Editor, openEditor } from "../../src/eval/measuring/editor.ts";
import { unwrap } from "../onnx/support/unwrap.ts";
import { alone, type Figure, type Subject } from "./figure.ts";
import { measureRomeBesidePytorch } from "./rome-beside-pytorch.ts";
import { openWorld, someEdits } from "./support/editing-model.ts";
import { median } from "./support/median.ts";

/** Edits beside the first, each in a patch set of its own. */
const FURTHER_EDITS = 8;
/** Methods that take so long that fewer must do. */
const FEWER_EDITS: Readonly<Record<string, number>> = { kn: 2 };
/** Methods that solve for many edits at once, and how many they are given. */
const JOINT_METHODS = ["calinet", "memit", "alphaedit"];
const GROUP_SIZES = [10, 100];
const ROME_EDITS = 3;

interface Timed {
  readonly seconds: number;
  readonly bytes: number;
}

/** Makes patches for `edits` together; null where one of them did not take, as a shorter way is no faster one. */
const timeEdits = async (editor: Editor, edits: readonly Edit[]): Promise<Timed | null> => {
  const { seconds, bytes, skipped } = unwrap(await editor.edit(edits));
  return skipped.size === 0 ? { seconds, bytes } : null;
};

const timeOneByOne = async (editor: Editor, edits: readonly Edit[]): Promise<readonly Timed[]> => {
  const times: Timed[] = [];
  for (const edit of edits) {
    const timed = await timeEdits(editor, [edit]);
    if (timed) times.push(timed);
  }
  return times;
};

/** Groups of edits at once; one that did not take as a whole is left out and noted. */
const timeGroups = async (
  name: string,
  editor: Editor,
  edits: readonly Edit[],
  note: (line: string) => void,
): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const size of GROUP_SIZES) {
    const timed = await timeEdits(editor, edits.slice(0, size));
    if (timed) figures.push(alone(`${name}: an edit, ${size} at once`, timed.seconds / size, "s"));
    else note(`${name}: one of ${size} edits at once did not take`);
  }
  return figures;
};

/** A method on a model that nothing was done with yet, so that its first edit bears all that later ones share. */
const measureMethod = async (
  method: (typeof METHODS)[number],
  edits: readonly Edit[],
  note: (line: string) => void,
): Promise<readonly Figure[]> => {
  const { name } = method;
  const context = await openWorld();
  try {
    const editor = openEditor({ method, settings: {}, context, now: () => performance.now() });
    const asked = edits.slice(0, 1 + (FEWER_EDITS[name] ?? FURTHER_EDITS));
    const [first, ...further] = await timeOneByOne(editor, asked);
    if (first === undefined || further.length === 0) throw new Error(`${name}: too few edits took`);
    const missing = asked.length - 1 - further.length;
    if (missing > 0) note(`${name}: ${missing} of ${asked.length} edits did not take and are not counted`);
    return [
      alone(`${name}: first edit`, first.seconds, "s"),
      alone(`${name}: each further edit`, median(further.map(({ seconds }) => seconds)), "s"),
      alone(`${name}: its patch`, median(further.map(({ bytes }) => bytes)), "bytes"),
      ...(JOINT_METHODS.includes(name) ? await timeGroups(name, editor, edits, note) : []),
    ];
  } finally {
    await context.engine.release();
  }
};

/** Seconds an edit for every method, and ROME beside PyTorch. */
export const editing: Subject = {
  name: "editing",
  title: "Counterfactual edits of the default model, by every method",
  measure: async (note) => {
    note(
      "Medians, on facts that the model knows, three paraphrases given. The first edit also opens sessions, measures the probes' states and, for ROME, MEMIT and AlphaEdit, takes second moments over 10,000 sentences from scratch, whatever the disk holds.",
    );
    const context = await openWorld();
    const edits = await someEdits(context, Math.max(...GROUP_SIZES));
    const figures: Figure[] = [];
    for (const method of METHODS) {
      process.stderr.write(`measuring: editing, ${method.name}\n`);
      figures.push(...(await measureMethod(method, edits, note)));
    }
    process.stderr.write("measuring: editing, rome beside PyTorch\n");
    figures.push(...(await measureRomeBesidePytorch(edits.slice(0, ROME_EDITS), context, note)));
    await context.engine.release();
    return figures;
  },
};
