/** What a promise of a lane came to: its value, or the code of what it rejected with, or else that itself. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return (error as { code?: unknown } | undefined)?.code ?? error;
  }
}
