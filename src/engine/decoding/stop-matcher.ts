/** Text that may be emitted, with what its tokens carry. */
export interface Released<Item> {
  readonly text: string;
  readonly items: readonly Item[];
  /** True once a stop sequence was found; nothing after it is ever released. */
  readonly stopped: boolean;
}

interface Pending<Item> {
  readonly item: Item;
  /** Where the item's text begins, counted from the start of the held text. */
  readonly start: number;
}

/** Length of the longest end of `text` that a stop sequence begins with, the whole sequence excluded. */
const openStop = (text: string, stops: readonly string[]): number => {
  let longest = 0;
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
      if (text.endsWith(stop.slice(0, length))) longest = length;
  return longest;
};

const firstStop = (text: string, stops: readonly string[]): number => {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
};

/**
 * Finds stop sequences in text that comes in pieces: text that may turn out to begin one is held back. An item
 * (a token) is released with the first character of its text, so one whose character is not whole yet waits too.
 */
export class StopMatcher<Item> {
  readonly #stops: readonly string[];
  #held = "";
  #pending: Pending<Item>[] = [];

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** Takes the text that `item` completed, which may be empty, and releases what cannot be part of a stop. */
  push(text: string, item: Item): Released<Item> {
    this.#pending.push({ item, start: this.#held.length });
    return this.#take(text);
  }

  /** The end of the text, with what its decoder still held: releases everything before a stop sequence. */
  flush(text: string): Released<Item> {
    const last = this.#take(text);
    if (last.stopped) return last;
    const items = [...last.items, ...this.#pending.map(({ item }) => item)];
    this.#pending = [];
    return { text: last.text + this.#held, items, stopped: false };
  }

  #take(text: string): Released<Item> {
    this.#held += text;
    const stop = firstStop(this.#held, this.#stops);
    if (stop >= 0) return { ...this.#release(stop), stopped: true };
    return { ...this.#release(this.#held.length - openStop(this.#held, this.#stops)), stopped: false };
  }

  #release(length: number): { text: string; items: Item[] } {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    const items = this.#pending.filter(({ start }) => start < length).map(({ item }) => item);
    this.#pending = this.#pending
      .filter(({ start }) => start >= length)
      .map(({ item, start }) => ({ item, start: start - length }));
    return { text, items };
  }
}
