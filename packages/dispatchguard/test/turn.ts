/** Lets everything happen that needs no timer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The code that a dispatch was refused with, or rejected with; `undefined` if it was fulfilled. */
export async function codeOf(dispatch: Promise<unknown>): Promise<string | undefined> {
  try {
    await dispatch;
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
