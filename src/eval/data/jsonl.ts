import { z } from "zod";
import { type Edit, editSchema } from "../../core/edit/edit.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { GIVEN_PARAPHRASES, type LocalityProbe, type Phrasing, type PortabilityProbe } from "../case.ts";
import { parseRecord, type RecordReader } from "./records.ts";

const localityGroup = z.enum(["neighbours", "sameSubject", "random"]);
const portabilityKind = z.enum(["two-hop", "multi-hop", "alias", "reverse", "other"]);

/** A probe's `type`, or `usual` where it has none. */
const typeOf = <Type extends string>(
  types: z.ZodType<Type>,
  probe: Edit["locality"][number],
  usual: Type,
): Result<Type, string> => {
  const type = typeof probe === "string" ? undefined : probe.type;
  return type === undefined ? ok(usual) : parseRecord(types, type);
};

const localityOf = (probes: Edit["locality"]) => {
  const groups: Record<z.infer<typeof localityGroup>, LocalityProbe[]> = {
    neighbours: [],
    sameSubject: [],
    random: [],
  };
  for (const [index, probe] of probes.entries()) {
    const type = typeOf(localityGroup, probe, "random");
    if (!type.ok) return fail(`locality.${index}.type: ${type.problem}`);
    const { prompt, answer = null } = typeof probe === "string" ? { prompt: probe } : probe;
    groups[type.value].push({ prompt, answer: answer?.trim() || null });
  }
  return ok(groups);
};

const portabilityOf = (probes: Edit["portability"]): Result<readonly PortabilityProbe[], string> => {
  const read: PortabilityProbe[] = [];
  for (const [index, probe] of probes.entries()) {
    const kind = typeOf(portabilityKind, probe, "other");
    if (!kind.ok) return fail(`portability.${index}.type: ${kind.problem}`);
    read.push({ kind: kind.value, prompt: probe.prompt, answers: [probe.answer.trim()], before: null });
  }
  return ok(read);
};

const objectOf = ({ groundTruth, target }: Edit, { answer }: LocalityProbe) => {
  if (answer === target.trim()) return "new";
  return answer !== null && answer === groundTruth?.trim() ? "old" : "other";
};

/**
 * An edit of an edits file, the form that `errata edit` reads. Half of its paraphrases, rounded down and at most
 * `GIVEN_PARAPHRASES`, go to the editor; the others only measure. A locality probe's `type` is its group
 * (`neighbours`, `sameSubject`, `random`, the last unless told), a portability probe's is its kind. `groundTruth`,
 * where there is one, is what the model must answer before the edit.
 */
export const readEditRecord: RecordReader = (record) => {
  const parsed = parseRecord(editSchema, record);
  if (!parsed.ok) return parsed;
  const edit = parsed.value;
  if (edit.target.trim() === "") return fail("target: expected a text that is not blank");
  const locality = localityOf(edit.locality);
  if (!locality.ok) return locality;
  const portability = portabilityOf(edit.portability);
  if (!portability.ok) return portability;
  const given = Math.min(GIVEN_PARAPHRASES, Math.floor(edit.paraphrases.length / 2));
  const neighbours = locality.value.neighbours.map(
    (probe) => ({ ...probe, object: objectOf(edit, probe) }) as const,
  );
  return ok({
    edit: { ...edit, paraphrases: edit.paraphrases.slice(0, given), locality: [], portability: [] },
    oldAnswers: edit.groundTruth?.trim() ? [edit.groundTruth.trim()] : null,
    phrasings: edit.paraphrases.slice(given).map((prompt): Phrasing => ({ prompt, seenInTraining: null })),
    locality: { ...locality.value, neighbours },
    portability: portability.value,
    alongside: [],
  });
};
