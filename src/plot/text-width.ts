/** Width of a character over the size of its letters: a little more than sans-serif letters take on average. */
const WIDTH_OF_SIZE = 0.6;

/** About how wide `text` is drawn, in the picture's units, for letters of `size`; rather too wide than too narrow. */
export const textWidth = (text: string, size = 13): number => [...text].length * size * WIDTH_OF_SIZE;
