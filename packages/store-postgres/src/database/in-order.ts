/**
 * Has operations done in the order of what they lock, as all processes do, so that two never wait for each other. What is done
 * to the same thing keeps its order.
 *
 * @param nameOf what the operation locks
 * @param run gives an answer for each, in the order in which they are handed over
 * @returns the answers in the order of `operations`
 */
export async function inOrderOf<Operation, Answer>(
  operations: readonly Operation[],
  nameOf: (operation: Operation) => string,
  run: (ordered: readonly Operation[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const named = operations.map((operation, index) => ({ operation, index, name: nameOf(operation) }));
  const ordered = named.sort((one, other) => (one.name < other.name ? -1 : Number(one.name > other.name)));
  const answers = await run(ordered.map(({ operation }) => operation));
  const inGivenOrder: Answer[] = [];
  for (const [place, { index }] of ordered.entries()) inGivenOrder[index] = answers[place] as Answer;
  return inGivenOrder;
}
