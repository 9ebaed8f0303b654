import { z } from "zod";
import { ok } from "../../core/result.ts";
import { isDemoPassed } from "../../workshop/demo/demo-document.ts";
import { defineCommand } from "../command.ts";
import { formatDemo } from "../describe/demo.ts";
import { EXIT_DONE, EXIT_WANTING } from "../exit-codes.ts";
import { LOCAL_MODEL, text } from "../options.ts";

/** `errata demo`: the whole job on this machine, from a wrong answer to a right one and back. */
export const demoCommand = defineCommand({
  name: "demo",
  summary: "ask, edit, publish, release, ask again and roll back, on a service of its own",
  details:
    "Starts the service on a free port with a key and a database that go with it, asks each edit's prompt, its last " +
    "paraphrase (which the editor does not get) and its first locality prompt, corrects all mistakes by GRACE, and " +
    "asks again after the release and after the rollback. The exit code is 0 only if every mistake is fixed, every " +
    "locality prompt is unchanged, and everything is as before after the rollback; rephrasings are counted.",
  options: [
    {
      flags: "--edits <file>",
      description: "edits to make, one JSON object a line (default: the model's mistakes)",
    },
    LOCAL_MODEL,
  ],
  examples: ["demo", "demo --edits edits.jsonl --json"],
  input: z.object({ edits: text.optional(), model: text }),
  run: async (options, context) => {
    const { playDemo } = await import("../../workshop/demo/play-demo.ts");
    const played = await playDemo(options, context);
    if (!played.ok) return played;
    return ok({
      document: played.value,
      text: formatDemo(played.value, context.terminal.style),
      exit: isDemoPassed(played.value) ? EXIT_DONE : EXIT_WANTING,
    });
  },
});
