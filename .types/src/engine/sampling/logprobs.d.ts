/** Natural logarithm of the sum of exponentials: a logit minus this is its token's log-probability. */
export declare const logSumExp: (logits: Float32Array) => number;
/** Ids of the `count` largest logits, largest first; the lower id first among equals. */
export declare const topIds: (logits: Float32Array, count: number) => number[];
