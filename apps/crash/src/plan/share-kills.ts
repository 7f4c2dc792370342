/** Splits so many kills by shares, into whole numbers of at least one whose sum is the whole. */
export function shareKills(kills: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  let given = 0;
  let passed = 0;
  return shares.map((share) => {
    passed += share;
    const part = Math.max(1, Math.round((kills * passed) / sum) - given);
    given += part;
    return part;
  });
}
