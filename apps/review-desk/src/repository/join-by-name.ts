interface Named {
  readonly name: Buffer;
}

/**
 * Walks two listings side by side, both in byte order without repeats: each name once, with what each
 * of them has for it. Holds one entry of each.
 */
export async function* joinByName<L extends Named, R extends Named>(
  lefts: AsyncGenerator<L>,
  rights: AsyncGenerator<R>,
): AsyncGenerator<readonly [L, R | undefined] | readonly [undefined, R]> {
  try {
    let left = (await lefts.next()).value as L | undefined;
    let right = (await rights.next()).value as R | undefined;
    while (left || right) {
      const order = left && right ? Buffer.compare(left.name, right.name) : left ? -1 : 1;
      if (left && order <= 0) yield [left, order === 0 ? right : undefined];
      else if (right) yield [undefined, right];
      if (order <= 0) left = (await lefts.next()).value as L | undefined;
      if (order >= 0) right = (await rights.next()).value as R | undefined;
    }
  } finally {
    await Promise.all([lefts.return(undefined), rights.return(undefined)]);
  }
}
