/*
 * What a request may ask of sampling, wherever it is read: by the engine, by the service, by the command line.
 */

/** Most stop sequences of a request. */
export const MOST_STOPS = 4;

/** Longest stop sequence, in UTF-16 code units. */
export const LONGEST_STOP = 200;

/** Highest temperature; OpenAI's bound. */
export const HIGHEST_TEMPERATURE = 2;
