/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<void> {
  const giveUpAt = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`it did not come to hold within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
