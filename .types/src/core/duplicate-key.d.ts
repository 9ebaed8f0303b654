/**
 * The first key that some object of `json` holds twice, or null. JSON.parse keeps the last of two equal keys
 * without a word while another reader keeps the first: signed bytes must not read differently in two places.
 * `json` must already have been parsed without error.
 */
export declare const duplicateKey: (json: string) => string | null;
