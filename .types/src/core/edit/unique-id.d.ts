/** `text`, at most `length` characters of it, none cut in half. */
export declare const cutText: (text: string, length: number) => string;
/**
 * Hands out ids that differ from each other and from `taken`, which it does not change: the name asked for, or else
 * that name with `-2`, `-3` and so on, cut where it would be longer than `EDIT_ID_MAX_LENGTH`.
 */
export declare const createIdAllocator: (taken?: Iterable<string>) => ((name: string) => string);
