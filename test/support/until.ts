/** Waits until something holds, looking every 20 ms; a failure tells what was awaited. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false, milliseconds = 10_000): Promise<T> {
  const giveUpAt = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > giveUpAt) throw new Error(`did not come within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
