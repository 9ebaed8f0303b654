import type { Problem } from "../core/problem.ts";

/** The client knows no command line: of its `url` it is said here where that comes from, and what to do. */
export const adviseOnService = (cause: Problem): Problem => {
  if (cause.code !== "service_unreachable" || cause.param !== "url") return cause;
  const advice =
    cause.detail?.status === undefined
      ? "Start one with npm start, or set ERRATA_URL to one that runs."
      : "Check that ERRATA_URL names an errata service.";
  return { ...cause, message: `${cause.message} ${advice}`, param: "ERRATA_URL" };
};
