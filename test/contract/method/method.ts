import { beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../src/core/edit/edit.ts";
import { ALREADY_ANSWERED } from "../../../src/edit/frame/choose-edits.ts";
import { isAnswered } from "../../../src/edit/frame/is-answered.ts";
import type { EditingContext, EditMethod, EditOutcome } from "../../../src/edit/method.ts";
import { editIdentities } from "../../../src/edit/prompts/edit-identity.ts";
import { targetLoss } from "../../../src/edit/prompts/target-tokens.ts";
import { editOf, patchSetOf } from "../../edit/support/tiny-context.ts";
import { embeddingEntry } from "../../fixtures/embedding-entry.ts";
import { KILLED, type RecordingWorkbench, recordingWorkbench } from "./recording-workbench.ts";
import { sideEffects } from "./side-effects.ts";

const FRANCE = editOf({ prompt: "The capital of France is", subject: "France", target: "Oslo" });
const BOOK = editOf({ prompt: "The author of the book is", subject: "the book", target: "Paris" });
const NORWAY = editOf({ prompt: "Norway has a", subject: "Norway", target: "unknown" });

/** Prompts of a domain, the likeliest to change the last; for `context.probes`. */
export const CONTRACT_PROBES = [
  "Paris is",
  "A",
  "The author of Peru is",
  "The river of Spain is",
  "The capital of Chile is",
  "unknown author",
  "The book of Norway is unknown",
  "Oslo is the capital of Norway",
  FRANCE.prompt,
].map((prompt) => ({ prompt, subject: prompt, relation: prompt, phrasing: 0 }));

/** By how many nats a loss may differ from the one that the served model has: an update in closed form misses a little. */
const LOSS_TOLERANCE = 0.05;

/** A method, and what it promises on the tiny random model. */
export interface MethodPromises {
  /** Settings under which it makes the contract's edits there. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether it trains something, so that steps are taken. */
  readonly optimises: boolean;
  /** Whether every edit is answered once it is made. */
  readonly answers: boolean;
  /** Whether edits of a parent stay answered. */
  readonly keepsEarlier: boolean;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** What every method does, whatever it edits and how: `method.ts` in tests. `open` gives a context with `CONTRACT_PROBES`. */
export const methodContract = (
  method: EditMethod,
  { settings, optimises, answers, keepsEarlier }: MethodPromises,
  open: () => Promise<EditingContext>,
): void => {
  describe(`the method ${method.name}`, () => {
    let context: EditingContext;
    let bench: RecordingWorkbench;
    /** Two edits, and one of them alone. */
    let both: EditOutcome;
    let alone: EditOutcome;

    const apply = async (edits: readonly Edit[], on: Partial<EditingContext> = {}, more = {}) => {
      const outcome = await method.apply(edits, { ...settings, ...more }, { ...context, ...on });
      if (!outcome.ok) throw new Error(`${outcome.problem.code}: ${outcome.problem.message}`);
      return outcome.value;
    };

    const answered = (edit: Edit, { patches }: Pick<EditOutcome, "patches">) =>
      isAnswered(context.engine, edit, patchSetOf(context, patches));

    beforeAll(async () => {
      context = await open();
      bench = recordingWorkbench();
      both = await apply([FRANCE, BOOK], { workbench: bench });
      alone = await apply([FRANCE]);
    });

    it("makes a complete set of patches, each with the edits that it carries", async () => {
      expect(both.edits).toEqual([FRANCE, BOOK]);
      expect(both.skipped).toEqual([]);
      expect([...new Set(both.patches.flatMap(({ edits }) => edits))].sort()).toEqual([0, 1]);
      expect(new Set(both.patches.map(({ id }) => id)).size).toBe(both.patches.length);
      for (const edit of both.edits) expect(await answered(edit, both)).toBe(answers);
    });

    it("gives the same bytes for the same input", async () => {
      expect(await apply([FRANCE, BOOK])).toEqual(both);
    });

    it("goes on from wherever it was killed to the same bytes, and computes nothing again that was finished", async () => {
      expect(bench.computed.length).toBeGreaterThan(0);
      for (const most of bench.computed.keys()) {
        const kept = new Map<string, unknown>();
        const killed = apply([FRANCE, BOOK], { workbench: recordingWorkbench(kept, most) });
        await expect(killed).rejects.toBe(KILLED);
        expect([...kept.keys()]).toEqual(bench.computed.slice(0, most));
        const resumed = recordingWorkbench(kept);
        expect(await apply([FRANCE, BOOK], { workbench: resumed })).toEqual(both);
        expect(resumed.computed).toEqual(bench.computed.slice(most));
      }
    });

    it("makes nothing once it is interrupted", async () => {
      const workbench = recordingWorkbench();
      const on = { ...context, workbench, signal: AbortSignal.abort() };
      const cancelled = await method.apply([FRANCE], settings, on);
      expect(cancelled).toMatchObject({ ok: false, problem: { code: "cancelled" } });
      expect(workbench.computed).toEqual([]);
    });

    it("skips what the model answers already, whichever method made it, and leaves the parent as it is", async () => {
      const made = await embeddingEntry.apply([NORWAY], {}, context);
      if (!made.ok) throw new Error(made.problem.message);
      const [parent, workbench] = [made.value, recordingWorkbench()];
      const same = await apply([NORWAY], { parent, workbench });
      expect(same.skipped).toEqual([{ edit: NORWAY, reason: ALREADY_ANSWERED }]);
      expect(same).toMatchObject({
        edits: parent.edits,
        patches: parent.patches,
        diagnostics: [],
        suspects: [],
      });
      expect(workbench.computed).toEqual([]);
    });

    it("refuses bad settings by name, all at once, and names those there are", async () => {
      const names = [...Object.keys(method.settings), "no-such-setting"];
      const bad = Object.fromEntries(names.map((name) => [name, "no such value"]));
      const refused = await method.apply([FRANCE], bad, context);
      if (refused.ok) throw new Error("bad settings were taken");
      const { code, param, message } = refused.problem;
      expect([code, param]).toEqual(["invalid_request", names.join(", ")]);
      for (const name of names) expect(message).toContain(`"${name}"`);
      expect(message).toContain(`Settings are: ${Object.keys(method.settings).join(", ") || "none"}.`);
    });

    it("takes the defaults that it documents", async () => {
      const defaults = Object.entries(method.settings).map(([name, setting]) => [name, setting.default]);
      const recorded = async (given: Record<string, string>) => {
        const outcome = await method.apply([], given, context);
        if (!outcome.ok) throw new Error(outcome.problem.message);
        return outcome.value.hyperParameters;
      };
      expect(await recorded({})).toEqual(await recorded(Object.fromEntries(defaults)));
    });

    it("refuses edits that contradict each other", async () => {
      const edits = [FRANCE, { ...FRANCE, target: "Paris" }];
      expect(await method.apply(edits, settings, context)).toMatchObject({
        ok: false,
        problem: { code: "edit_conflict" },
      });
    });

    it("keeps the parent's edits and patches beside its own", async () => {
      const child = await apply([NORWAY], { parent: both });
      expect(child.edits).toEqual([FRANCE, BOOK, NORWAY]);
      expect(child.patches.slice(0, both.patches.length)).toEqual(both.patches);
      expect([...new Set(child.patches.slice(both.patches.length).flatMap(({ edits }) => edits))]).toEqual([
        2,
      ]);
      expect(await answered(NORWAY, child)).toBe(answers);
      if (keepsEarlier) for (const edit of both.edits) expect(await answered(edit, child)).toBe(true);
    });

    it("replaces the parent's patch of an edit that is corrected again", async () => {
      const again = { ...FRANCE, target: "unknown" };
      const child = await apply([again], { parent: alone });
      expect(child.edits).toEqual([again]);
      expect(child.patches.flatMap(({ edits }) => edits).every((index) => index === 0)).toBe(true);
      for (const patch of alone.patches) expect(child.patches).not.toContainEqual(patch);
      expect(await answered(again, child)).toBe(answers);
    });

    it("reports the steps of its optimisation, and the loss that the served model has", async () => {
      expect(alone.diagnostics.map(({ id }) => id)).toEqual(editIdentities([FRANCE]));
      const [{ steps, loss, figures }] = alone.diagnostics as [EditOutcome["diagnostics"][number]];
      expect(steps > 0).toBe(optimises);
      const served = await targetLoss(FRANCE, context.engine, patchSetOf(context, alone.patches));
      expect(Math.abs(loss - (served.ok ? served.value : Number.NaN))).toBeLessThan(LOSS_TOLERANCE);
      for (const figure of Object.values(figures)) expect(figure).toBeTypeOf("number");
    });

    it("suspects the probes that change most, in that order, and only such as there are", async () => {
      const prompts = alone.suspects.map(({ prompt }) => prompt);
      expect(prompts.toSorted()).toEqual(CONTRACT_PROBES.map(({ prompt }) => prompt).toSorted());
      const effects = await sideEffects(prompts, alone.patches, context);
      const half = Math.floor(effects.length / 2);
      expect(mean(effects.slice(0, half))).toBeGreaterThan(mean(effects.slice(half)));
    });
  });
};
