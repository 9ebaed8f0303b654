import { cacheShape, cacheTensors } from "../core/model/cache-form.ts";
import type { PreparedModel } from "../core/model/prepared-model.ts";
import { type Feeds, floatTensor, integerTensor } from "./offline-session.ts";

/** What feeding a model takes. */
export interface FedModel extends Pick<PreparedModel, "io"> {
  readonly dims: Pick<PreparedModel["dims"], "kvHeads" | "headDim">;
}

/**
 * Every feed of a forward pass over `rows` of token ids with an empty cache, of the model's graph without patch
 * inputs. Shorter rows are filled up at their end, where a causal model sees nothing of it.
 */
export const batchFeeds = (model: FedModel, rows: readonly (readonly number[])[]): Feeds => {
  const { io } = model;
  const length = Math.max(...rows.map((ids) => ids.length));
  const filled = rows.flatMap((ids) => [...ids, ...Array<number>(length - ids.length).fill(0)]);
  const shape = [rows.length, length];
  const empty = floatTensor(cacheShape(model, rows.length, 0), new Float32Array(0));
  return {
    [io.inputIds]: integerTensor(shape, filled),
    ...(io.attentionMask && {
      [io.attentionMask]: integerTensor(
        shape,
        filled.map(() => 1),
      ),
    }),
    ...(io.positionIds && {
      [io.positionIds]: integerTensor(
        shape,
        filled.map((_, at) => at % length),
      ),
    }),
    ...Object.fromEntries(cacheTensors(model).map(({ past }) => [past, empty])),
  };
};

/** The same for one row. */
export const modelFeeds = (model: FedModel, ids: readonly number[]): Feeds => batchFeeds(model, [ids]);
