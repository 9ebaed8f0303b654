/** One kind of fact: which columns of which table hold it, and the ways to say it. */
export interface Relation {
  /** For example `country-capital`. */
  readonly name: string;
  /** The table file's name, without `.tsv`. */
  readonly table: string;
  /** The column of the subject. */
  readonly subject: string;
  /** The column of the object. */
  readonly object: string;
  /**
   * Each holds `{subject}` once and ends where the object begins: a sentence is phrasing, space, object.
   * The last two are kept out of training for half of the subjects.
   */
  readonly phrasings: readonly string[];
}
