import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { alphaedit } from "./alphaedit/alphaedit.ts";
import { caliNet } from "./calinet/calinet.ts";
import { grace } from "./grace/grace.ts";
import { kn } from "./kn/kn.ts";
import { memit } from "./memit/memit.ts";
import type { EditMethod } from "./method.ts";
import { rome } from "./rome/rome.ts";
import { tPatcher } from "./t-patcher/t-patcher.ts";

/** Every editing method. A new one is a file of this folder and a line here. */
export const METHODS: readonly EditMethod[] = [grace, tPatcher, caliNet, kn, rome, memit, alphaedit];

/** The method of that name. Errors: `unsupported_value`, with the names there are. */
export const findMethod = (name: string): Result<EditMethod> => {
  const method = METHODS.find((candidate) => candidate.name === name);
  if (method) return ok(method);
  const names = METHODS.map((candidate) => candidate.name).join(", ");
  return fail(
    problem("unsupported_value", `There is no method "${name}"; there is: ${names}.`, { param: "method" }),
  );
};
