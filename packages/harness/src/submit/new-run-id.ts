/** How much of the last id's random part may be counted up within a millisecond. */
const maxCount = 0xfff;

let lastAt = 0;
let count = 0;

/**
 * A new id that no other process makes, and behind those that this one made before: where ids are sorted, new ones lie together, so
 * that a store writes few pages for many runs. A UUID of version 7 (RFC 9562 §5.7), whose first 12 random bits are a counter.
 */
export function newRunId(): string {
  const now = Date.now();
  if (now > lastAt) {
    lastAt = now;
    count = 0;
  } else if (count === maxCount) {
    // The clock stands still, or was set back: the ids run ahead of it.
    lastAt += 1;
    count = 0;
  } else {
    count += 1;
  }
  const at = lastAt.toString(16).padStart(12, "0");
  const counted = count.toString(16).padStart(3, "0");
  return `${at.slice(0, 8)}-${at.slice(8)}-7${counted}${crypto.randomUUID().slice(18)}`;
}
