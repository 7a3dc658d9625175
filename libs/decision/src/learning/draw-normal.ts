/**
 * Draws from the standard normal distribution (G. Box and M. Muller, 1958).
 *
 * @param random 0 to 1, anew for each call
 */
export function drawNormal(random: () => number): number {
  // 1 - x keeps a draw of 0 from the logarithm; a draw of 1 becomes the least positive number there is room for.
  const radius = Math.sqrt(-2 * Math.log(Math.max(1 - random(), 2 ** -53)));
  return radius * Math.cos(2 * Math.PI * random());
}
