/** Scales `gradients` down in place to a Euclidean norm of at most `limit`; returns the norm they had. */
export const clipGlobalNorm = (gradients: Float32Array, limit: number): number => {
  let sum = 0;
  for (let i = 0; i < gradients.length; i++) sum += gradients[i]! * gradients[i]!;
  const norm = Math.sqrt(sum);
  if (norm > limit) {
    const share = limit / norm;
    for (let i = 0; i < gradients.length; i++) gradients[i]! *= share;
  }
  return norm;
};
