/** `1 edit`, `2 edits`; the plural is given where it is not the singular and an s. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
