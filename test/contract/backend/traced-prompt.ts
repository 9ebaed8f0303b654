/** A prompt whose greedy continuation is traced in Node and in workerd: token ids that every fixture has. */
export const TRACED_PROMPT: readonly number[] = Array.from({ length: 24 }, (_, i) => 1 + ((i * 37) % 250));

/** Tokens decoded after it. */
export const TRACED_TOKENS = 16;
