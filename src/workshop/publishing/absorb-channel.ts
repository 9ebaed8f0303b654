import type { WireChannel } from "../../client/client.ts";
import { ok, type Result } from "../../core/result.ts";
import {
  type WritingOptions,
  type WrittenBundle,
  writeSignedBundle,
} from "../bundles/write-signed-bundle.ts";
import { connect } from "../connection/connect.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type AbsorbedBundle, absorbHotfixes } from "./absorb-hotfixes.ts";
import { readServedPatches, type ServedPatches } from "./served-patches.ts";

/** The channel to make a bundle of, and how to write it. */
export interface AbsorbOptions extends WritingOptions {
  readonly model: string;
  readonly channel: string;
}

/** A bundle of what a channel serves, and the channel as it was then. */
export interface AbsorbedChannel extends AbsorbedBundle, WrittenBundle {
  readonly channel: WireChannel;
}

const absorb = async ({ catalog, channel, getBlobs }: ServedPatches, context: WorkshopContext) => {
  const named = catalog.sources[0]?.manifest.model;
  const model = named === undefined ? ok(null) : await findBaseModel(named, context);
  return model.ok ? absorbHotfixes(catalog, channel, model.value, getBlobs) : model;
};

/**
 * Makes the next bundle of what a channel serves now, and writes it.
 *
 * Errors: those of the service, `findBaseModel`, `absorbHotfixes` and `writeSignedBundle`.
 */
export const absorbChannel = (
  options: AbsorbOptions,
  context: WorkshopContext,
): Promise<Result<AbsorbedChannel>> =>
  writeSignedBundle(options, context, async () => {
    const client = await connect(context);
    if (!client.ok) return client;
    const served = await readServedPatches(client.value, options.model, options.channel);
    if (!served.ok) return served;
    const absorbed = await absorb(served.value, context);
    return absorbed.ok ? ok({ ...absorbed.value, channel: served.value.channel }) : absorbed;
  });
