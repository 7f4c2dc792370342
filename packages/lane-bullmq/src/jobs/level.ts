const levels = 8;

/** The priority of the eight, 0 to 7, that is nearest. */
export function nearestPriority(priority: number): number {
  return Math.min(levels - 1, Math.max(0, Math.round(priority)));
}

/** The place of a priority's level in the order of starts: 0 for the highest. */
export function levelOf(priority: number): number {
  return levels - 1 - nearestPriority(priority);
}
