import { type Problem, problem } from "../../core/problem.ts";
import type { BackendTraits } from "./backend.ts";

const bytesInWords = (bytes: number): string => `${bytes.toLocaleString("en")} bytes`;

/** Why a backend refuses weights of `bytes`: `limit_exceeded`, param `weights`; null where it takes them. */
export const weightsFault = ({ name, limits }: BackendTraits, bytes: number): Problem | null =>
  limits.weightsBytes === null || bytes <= limits.weightsBytes
    ? null
    : problem(
        "limit_exceeded",
        `The weights take ${bytesInWords(bytes)}; a model on the ${name} backend has at most ` +
          `${bytesInWords(limits.weightsBytes)}. Prepare a smaller model.`,
        { param: "weights", detail: { limit: limits.weightsBytes, got: bytes } },
      );
