/*
 * Lists of whole numbers from -128 to 127, four of them in each element. Who goes through thousands of lists waits for
 * memory more than for anything else.
 */

export function isSmall(value: number): boolean {
  return (value << 24) >> 24 === value;
}

export function smallAt(list: readonly number[], index: number): number {
  const shift = (index & 3) << 3;
  return ((list[index >> 2] as number) << (24 - shift)) >> 24;
}

/** Replaces a number, or appends one. */
export function setSmall(list: number[], index: number, value: number): void {
  const at = index >> 2;
  const shift = (index & 3) << 3;
  const others = at < list.length ? (list[at] as number) & ~(255 << shift) : 0;
  list[at] = others | ((value & 255) << shift);
}
