import { describe, expect, it } from "vitest";
import type { EditingContext } from "../../src/edit/method.ts";
import { findMethod, METHODS } from "../../src/edit/methods.ts";
import { CONTRACT_PROBES, type MethodPromises, methodContract } from "../contract/method/method.ts";
import { embeddingEntry } from "../fixtures/embedding-entry.ts";
import { tinyContext } from "./support/tiny-context.ts";

/** The tiny model cannot be surer of a target than this: its logits are bounded. */
const REACHABLE = { "loss-target": "1.8" };

/** Its answers need longer shifts than a trained model's. */
const SHIFTS = { ...REACHABLE, clamp: "20", steps: "200" };

const TRAINED = { optimises: true, answers: true, keepsEarlier: true };

/** What each method promises there. */
const PROMISES: Readonly<Record<string, MethodPromises>> = {
  grace: { ...TRAINED, settings: { ...REACHABLE, radius: "1" } },
  "t-patcher": { ...TRAINED, settings: { ...REACHABLE, steps: "300" } },
  // As published it has nothing that keeps other answers.
  calinet: { ...TRAINED, settings: REACHABLE, keepsEarlier: false },
  // Nothing is trained, so an edit may miss.
  kn: {
    settings: { threshold: "0", neurons: "3" },
    optimises: false,
    answers: false,
    keepsEarlier: false,
  },
  rome: { ...TRAINED, settings: { ...SHIFTS, "max-update": "1000", "key-ridge": "0", guards: "0" } },
  // Earlier edits are held by the second moment alone, which on a random model stands for nothing of theirs.
  memit: { ...TRAINED, settings: { ...SHIFTS, lambda: "1e-2", rounds: "2" }, keepsEarlier: false },
  alphaedit: { ...TRAINED, settings: { ...SHIFTS, "null-share": "1", ridge: "1e-2", rounds: "2" } },
};

let opened: Promise<EditingContext> | undefined;
const open = (): Promise<EditingContext> => {
  opened ??= tinyContext(CONTRACT_PROBES);
  return opened;
};

for (const method of METHODS) methodContract(method, PROMISES[method.name]!, open);

methodContract(embeddingEntry, { ...TRAINED, settings: {}, optimises: false }, open);

describe("METHODS", () => {
  it("are found by name, each by its own", () => {
    for (const method of METHODS) expect(findMethod(method.name)).toEqual({ ok: true, value: method });
    expect(new Set(METHODS.map(({ name }) => name)).size).toBe(METHODS.length);
  });

  it("are all named where there is none of a name", () => {
    const found = findMethod("telepathy");
    expect(found).toMatchObject({ ok: false, problem: { code: "unsupported_value", param: "method" } });
    for (const { name } of METHODS) expect(found.ok || found.problem.message).toContain(name);
  });
});
