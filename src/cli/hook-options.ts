import { z } from "zod";
import type { LinearSite } from "../core/model/prepared-model.ts";
import type { OptionSpec } from "./command.ts";

/** The options that choose which blocks carry which hooks. */
export const HOOK_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--codebook <blocks>",
    description: "blocks with a codebook, such as 4,5, or none (default: the last)",
  },
  {
    flags: "--neurons <blocks>",
    description: "blocks with extra neurons, such as 5, or none (default: the last)",
  },
  {
    flags: "--low-rank <sites>",
    description: "low-rank sites, such as 2:down,3:up, or none (default: down in the middle third)",
  },
  {
    flags: "--neuron-activation <kind>",
    description: "activation of the extra neurons: relu, or model for the FFN's own",
    default: "relu",
  },
];

const BLOCK_NUMBER = /^\d+$/;
const LOW_RANK_SITE = /^(\d+):(up|gate|down)$/;

/** Splits at commas; `none` is the empty list. */
const items = z.string("expected a value").transform((list) => (list === "none" ? [] : list.split(",")));

/** Reads `4,5` or `none`. */
const blocks = items
  .refine((list) => list.every((item) => BLOCK_NUMBER.test(item)), "expected blocks such as 4,5, or none")
  .transform((list) => list.map(Number));

/** Reads `2:down,3:up` or `none`. */
const sites = items
  .transform((list) => list.map((item) => LOW_RANK_SITE.exec(item)))
  .refine((matches) => !matches.includes(null), "expected sites such as 2:down,3:up, or none")
  .transform((matches) =>
    matches.map((match) => ({ layer: Number(match?.[1]), site: match?.[2] as LinearSite })),
  );

/** The input fields of `HOOK_OPTIONS`; a kind that is not given gets its default. */
export const hookInput = {
  codebook: blocks.optional(),
  neurons: blocks.optional(),
  lowRank: sites.optional(),
  neuronActivation: z.enum(["relu", "model"], "expected relu or model"),
};
