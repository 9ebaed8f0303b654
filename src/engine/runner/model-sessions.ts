import type { ModelFiles } from "../../core/model/prepared-files.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Backend, BackendSession } from "../backends/backend.ts";

/**
 * Most bytes of weights that are held twice, once for each graph. Of an isolate's 128 MB the runtime takes 17, both
 * copies then 42 and the file, while it loads, 21; what is left goes to patch sets, resident keys and the script.
 */
export const TWICE_HELD_WEIGHTS_BYTES = 20 * 2 ** 20;

/** A model's graphs in the runtime. */
export interface ModelSessions {
  /** With patch inputs. */
  readonly patched: BackendSession;
  /** Without; null where the weights are too large to be held twice, and the patched graph runs everything. */
  readonly plain: BackendSession | null;
}

/** Loads both graphs, or the one with patch inputs alone; fails as the backend does, and then holds nothing. */
export const openSessions = async (
  backend: Backend,
  { graph, plain, weights }: Omit<ModelFiles, "tokenizer">,
): Promise<Result<ModelSessions>> => {
  const patched = await backend.createSession(graph, weights);
  if (!patched.ok) return patched;
  if (weights.byteLength > TWICE_HELD_WEIGHTS_BYTES) return ok({ patched: patched.value, plain: null });
  const bare = await backend.createSession(plain, weights);
  if (bare.ok) return ok({ patched: patched.value, plain: bare.value });
  await patched.value.release();
  return bare;
};
