/**
 * Every way in which Errata refuses something, each with its place on the wire.
 *
 * The table is the exhaustive map: a code that is not in it does not type-check, and a code in it always
 * has a status, OpenAI's error `type`, and the exit code that the command line ends with.
 */
export const PROBLEM_KINDS = {
  // what was asked for does not exist
  unknown_model: { status: 404, type: "not_found_error", exit: 4 },
  unknown_channel: { status: 404, type: "not_found_error", exit: 4 },
  unknown_version: { status: 404, type: "not_found_error", exit: 4 },
  unknown_bundle: { status: 404, type: "not_found_error", exit: 4 },
  unknown_hotfix: { status: 404, type: "not_found_error", exit: 4 },
  unknown_patch: { status: 404, type: "not_found_error", exit: 4 },
  unknown_blob: { status: 404, type: "not_found_error", exit: 4 },
  unknown_token: { status: 404, type: "not_found_error", exit: 4 },
  unknown_route: { status: 404, type: "not_found_error", exit: 4 },
  // the request itself
  invalid_request: { status: 400, type: "invalid_request_error", exit: 2 },
  unsupported_value: { status: 400, type: "invalid_request_error", exit: 2 },
  prompt_too_long: { status: 400, type: "invalid_request_error", exit: 2 },
  prompt_empty: { status: 400, type: "invalid_request_error", exit: 2 },
  body_too_large: { status: 413, type: "invalid_request_error", exit: 2 },
  limit_exceeded: { status: 400, type: "invalid_request_error", exit: 2 },
  // who asks
  unauthenticated: { status: 401, type: "authentication_error", exit: 3 },
  forbidden: { status: 403, type: "permission_error", exit: 3 },
  // bundles and tensors
  malformed_manifest: { status: 422, type: "invalid_bundle_error", exit: 5 },
  malformed_tensors: { status: 422, type: "invalid_bundle_error", exit: 5 },
  non_finite_tensor: { status: 422, type: "invalid_bundle_error", exit: 5 },
  shape_mismatch: { status: 422, type: "invalid_bundle_error", exit: 5 },
  digest_mismatch: { status: 422, type: "invalid_bundle_error", exit: 5 },
  signature_missing: { status: 422, type: "invalid_bundle_error", exit: 5 },
  signature_invalid: { status: 422, type: "invalid_bundle_error", exit: 5 },
  signer_not_trusted: { status: 422, type: "invalid_bundle_error", exit: 5 },
  wrong_base_model: { status: 422, type: "invalid_bundle_error", exit: 5 },
  missing_blob: { status: 422, type: "invalid_bundle_error", exit: 5 },
  unsupported_format: { status: 422, type: "invalid_bundle_error", exit: 5 },
  edit_conflict: { status: 409, type: "conflict_error", exit: 6 },
  // releases
  sequence_conflict: { status: 409, type: "conflict_error", exit: 6 },
  model_conflict: { status: 409, type: "conflict_error", exit: 6 },
  nothing_to_roll_back: { status: 409, type: "conflict_error", exit: 6 },
  already_released: { status: 409, type: "conflict_error", exit: 6 },
  // models and graphs
  malformed_model: { status: 422, type: "invalid_model_error", exit: 5 },
  unsupported_graph: { status: 422, type: "invalid_model_error", exit: 5 },
  unsupported_operator: { status: 422, type: "invalid_model_error", exit: 5 },
  // editing
  malformed_edit: { status: 400, type: "invalid_request_error", exit: 2 },
  target_too_long: { status: 400, type: "invalid_request_error", exit: 2 },
  disabling_edit: { status: 422, type: "editing_error", exit: 7 },
  edit_not_converged: { status: 422, type: "editing_error", exit: 7 },
  singular_matrix: { status: 422, type: "editing_error", exit: 7 },
  too_few_samples: { status: 422, type: "editing_error", exit: 7 },
  // training
  malformed_checkpoint: { status: 422, type: "training_error", exit: 5 },
  malformed_table: { status: 422, type: "training_error", exit: 5 },
  // the machine
  file_not_found: { status: 404, type: "not_found_error", exit: 4 },
  service_unreachable: { status: 503, type: "server_error", exit: 8 },
  model_not_loaded: { status: 503, type: "server_error", exit: 8 },
  corrupt_store: { status: 500, type: "server_error", exit: 8 },
  cancelled: { status: 499, type: "cancelled_error", exit: 130 },
  internal: { status: 500, type: "server_error", exit: 1 },
} as const satisfies Record<string, { status: number; type: string; exit: number }>;

/** The stable name of a problem; appears on the wire as `error.code`. */
export type ProblemCode = keyof typeof PROBLEM_KINDS;

/** An expected failure: what was expected, what came, and what to do next, in `message`. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  /** The request field, file or tensor at fault, where there is one. */
  readonly param?: string;
  /** Machine-readable particulars, such as the current sequence of a channel after a lost race. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Builds a problem; `extra` names the field at fault and carries particulars. */
export const problem = (
  code: ProblemCode,
  message: string,
  extra: { readonly param?: string; readonly detail?: Readonly<Record<string, unknown>> } = {},
): Problem => ({ code, message, ...extra });

/** A problem crossing code that can only throw, such as a library's callback; caught at the border. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(cause: Problem) {
    super(cause.message);
    this.name = "ProblemError";
    this.problem = cause;
  }
}
