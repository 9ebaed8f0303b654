/** Natural logarithm of the sum of exponentials: a logit minus this is its token's log-probability. */
export const logSumExp = (logits: Float32Array): number => {
  let peak = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > peak) peak = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - peak);
  return peak + Math.log(total);
};

/** Ids of the `count` largest logits, largest first; the lower id first among equals. */
export const topIds = (logits: Float32Array, count: number): number[] => {
  const top: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (top.length === count && logits[id]! <= (logits[top[count - 1]!] ?? Number.POSITIVE_INFINITY))
      continue;
    let place = top.length;
    while (place > 0 && logits[top[place - 1]!]! < logits[id]!) place--;
    top.splice(place, 0, id);
    if (top.length > count) top.pop();
  }
  return top;
};
