import type { Provenance } from "../../client/client.ts";
import { counted } from "../../core/counted.ts";
import { shortId } from "../../core/digest.ts";
import { ALL_KINDS } from "../../core/patch/patch.ts";
import type { Style } from "../style.ts";
import { channelName, describeServed } from "./move.ts";
import { describePlace } from "./patch-place.ts";

const DISTANCE_DIGITS = 4;

/** The kinds that act on every answer. */
const EVERYWHERE = ALL_KINDS.filter((kind) => kind.everywhere)
  .map(({ name }) => name)
  .join(" or ");

const distance = (value: number): string => value.toPrecision(DISTANCE_DIGITS);

const sourceOf = (errata: Provenance, model: string): string => {
  const { bundle, channel, hotfixes } = errata;
  const served = bundle === null && hotfixes.length === 0 ? "the bare model" : describeServed(errata);
  return channel === null ? served : `${served} on ${channelName({ model, channel })}`;
};

const firedLines = ({ fired }: Provenance, style: Style): readonly string[] =>
  fired.map(({ patch, kind, layer, edit, hotfix, distance: measured, radius }) => {
    const reach =
      measured === undefined || radius === undefined
        ? ""
        : `, distance ${distance(measured)} within radius ${distance(radius)}`;
    const origin = hotfix === null ? "" : ` of hotfix ${shortId(hotfix)}`;
    return `${style.good("patched")} by ${style.strong(patch)}${origin}: ${describePlace(kind, layer)}${reach}; edit "${edit}"`;
  });

const nearestLine = ({ nearest }: Provenance): string =>
  nearest === null
    ? "nearest entry: there are no codebook entries"
    : `nearest entry: ${nearest.patch}, distance ${distance(nearest.distance)}, ` +
      `${nearest.hit ? "within" : "outside of"} its radius ${distance(nearest.radius)}`;

/** What the patches did that fire, and those that act on every answer without firing. */
const effectLines = (errata: Provenance, style: Style): readonly string[] => {
  const { attached, everywhere, fired } = errata;
  if (attached === 0) return ["no patches attached"];
  const waiting = attached - everywhere;
  const acting =
    everywhere === 0
      ? []
      : [
          `${style.good("patched")} by ${counted(everywhere, `${EVERYWHERE} patch`, `${EVERYWHERE} patches`)}, as every answer is`,
        ];
  if (fired.length > 0) return [...firedLines(errata, style), ...acting];
  const others = everywhere === 0 ? "" : "other ";
  return waiting === 0
    ? acting
    : [...acting, `none of ${counted(waiting, `${others}patch`, `${others}patches`)} fired`];
};

/**
 * Where an answer comes from, for people: the version, each patch that fired, how many act on every answer, and the
 * nearest codebook entry, where nothing fired or it is asked for.
 */
export const describeProvenance = (
  errata: Provenance,
  model: string,
  withNearest: boolean,
  style: Style,
): string => {
  const missed = errata.fired.length === 0 && errata.nearest !== null;
  return [
    `${style.faint("answered by")} ${sourceOf(errata, model)}`,
    ...effectLines(errata, style),
    ...(withNearest || missed ? [nearestLine(errata)] : []),
  ].join("\n");
};
