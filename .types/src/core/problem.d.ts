/**
 * Every way in which Errata refuses something, each with its place on the wire.
 *
 * The table is the exhaustive map: a code that is not in it does not type-check, and a code in it always
 * has a status, OpenAI's error `type`, and the exit code that the command line ends with.
 */
export declare const PROBLEM_KINDS: {
    readonly unknown_model: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_channel: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_version: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_bundle: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_hotfix: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_patch: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_blob: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_token: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly unknown_route: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly invalid_request: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly unsupported_value: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly prompt_too_long: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly prompt_empty: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly body_too_large: {
        readonly status: 413;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly limit_exceeded: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly unauthenticated: {
        readonly status: 401;
        readonly type: "authentication_error";
        readonly exit: 3;
    };
    readonly forbidden: {
        readonly status: 403;
        readonly type: "permission_error";
        readonly exit: 3;
    };
    readonly malformed_manifest: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly malformed_tensors: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly non_finite_tensor: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly shape_mismatch: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly digest_mismatch: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly signature_missing: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly signature_invalid: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly signer_not_trusted: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly wrong_base_model: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly missing_blob: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly unsupported_format: {
        readonly status: 422;
        readonly type: "invalid_bundle_error";
        readonly exit: 5;
    };
    readonly edit_conflict: {
        readonly status: 409;
        readonly type: "conflict_error";
        readonly exit: 6;
    };
    readonly sequence_conflict: {
        readonly status: 409;
        readonly type: "conflict_error";
        readonly exit: 6;
    };
    readonly model_conflict: {
        readonly status: 409;
        readonly type: "conflict_error";
        readonly exit: 6;
    };
    readonly nothing_to_roll_back: {
        readonly status: 409;
        readonly type: "conflict_error";
        readonly exit: 6;
    };
    readonly already_released: {
        readonly status: 409;
        readonly type: "conflict_error";
        readonly exit: 6;
    };
    readonly malformed_model: {
        readonly status: 422;
        readonly type: "invalid_model_error";
        readonly exit: 5;
    };
    readonly unsupported_graph: {
        readonly status: 422;
        readonly type: "invalid_model_error";
        readonly exit: 5;
    };
    readonly unsupported_operator: {
        readonly status: 422;
        readonly type: "invalid_model_error";
        readonly exit: 5;
    };
    readonly malformed_edit: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly target_too_long: {
        readonly status: 400;
        readonly type: "invalid_request_error";
        readonly exit: 2;
    };
    readonly disabling_edit: {
        readonly status: 422;
        readonly type: "editing_error";
        readonly exit: 7;
    };
    readonly edit_not_converged: {
        readonly status: 422;
        readonly type: "editing_error";
        readonly exit: 7;
    };
    readonly singular_matrix: {
        readonly status: 422;
        readonly type: "editing_error";
        readonly exit: 7;
    };
    readonly too_few_samples: {
        readonly status: 422;
        readonly type: "editing_error";
        readonly exit: 7;
    };
    readonly malformed_checkpoint: {
        readonly status: 422;
        readonly type: "training_error";
        readonly exit: 5;
    };
    readonly malformed_table: {
        readonly status: 422;
        readonly type: "training_error";
        readonly exit: 5;
    };
    readonly file_not_found: {
        readonly status: 404;
        readonly type: "not_found_error";
        readonly exit: 4;
    };
    readonly service_unreachable: {
        readonly status: 503;
        readonly type: "server_error";
        readonly exit: 8;
    };
    readonly model_not_loaded: {
        readonly status: 503;
        readonly type: "server_error";
        readonly exit: 8;
    };
    readonly corrupt_store: {
        readonly status: 500;
        readonly type: "server_error";
        readonly exit: 8;
    };
    readonly cancelled: {
        readonly status: 499;
        readonly type: "cancelled_error";
        readonly exit: 130;
    };
    readonly internal: {
        readonly status: 500;
        readonly type: "server_error";
        readonly exit: 1;
    };
};
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
export declare const problem: (code: ProblemCode, message: string, extra?: {
    readonly param?: string;
    readonly detail?: Readonly<Record<string, unknown>>;
}) => Problem;
/** A problem crossing code that can only throw, such as a library's callback; caught at the border. */
export declare class ProblemError extends Error {
    readonly problem: Problem;
    constructor(cause: Problem);
}
