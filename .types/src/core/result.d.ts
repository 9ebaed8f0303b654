import type { Problem } from "./problem.ts";
/** The outcome of anything that can fail for a reason the caller must handle; exceptions mean bugs. */
export type Result<Value, Failure = Problem> = {
    readonly ok: true;
    readonly value: Value;
} | {
    readonly ok: false;
    readonly problem: Failure;
};
/** A success that carries `value`. */
export declare const ok: <Value>(value: Value) => {
    readonly ok: true;
    readonly value: Value;
};
/** A failure that carries `problem`. */
export declare const fail: <Failure>(problem: Failure) => {
    readonly ok: false;
    readonly problem: Failure;
};
