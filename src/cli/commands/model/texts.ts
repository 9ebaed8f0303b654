import { z } from "zod";
import { ok } from "../../../core/result.ts";
import { defineCommand } from "../../command.ts";
import { describeTexts } from "../../describe/model-texts.ts";
import { text } from "../../options.ts";
import { TEXT_OPTIONS, textInput } from "../../text-options.ts";

/** `errata model texts`: what a model's statistics and side effects are measured on. */
export const modelTextsCommand = defineCommand({
  name: "model texts",
  summary:
    "give a model the texts that editing takes statistics and probe prompts from, or let it write them",
  details:
    "ROME, MEMIT and AlphaEdit need texts of the model's domain, GRACE and T-Patcher prompts that must not change. A " +
    "model can write both itself: sampled from its begin token and from common openings, until the states of its FFNs " +
    "span what they can. `model prepare` does that; this command does it again, with another seed, or takes files of " +
    "yours: plain text, a text a line, or JSON lines of {text}, {prompt, answer}, or for probes " +
    "{prompt, subject, relation, phrasing}. They are kept under stats/ in the model's directory, change no answer and " +
    "no digest, and never reach the edge.",
  arguments: [{ name: "model", syntax: "<model>", description: "a model's name or directory" }],
  options: TEXT_OPTIONS,
  examples: [
    "model texts models/mine",
    "model texts models/mine --corpus wikipedia.txt --probes questions.jsonl",
  ],
  input: z.object({ model: text, ...textInput }),
  run: async ({ model, ...options }, context) => {
    const { giveTexts } = await import("../../../workshop/texts/model-texts.ts");
    const given = await giveTexts(model, options, context);
    return given.ok ? ok({ document: given.value, text: describeTexts(given.value) }) : given;
  },
});
