/** Those of `names` nearest to `wanted`, the nearest first: one contains the other, or at most half of it differs. */
export declare const nearNames: (wanted: string, names: readonly string[]) => readonly string[];
