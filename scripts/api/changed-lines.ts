const maxLines = 12;

/** What two texts do not share, in few lines: `- gone`, `+ new`. Lines that only moved are left out. */
export function changedLines(before: string, after: string): string {
  const changed = [
    ...without(before, after).map((line) => `  - ${line}`),
    ...without(after, before).map((line) => `  + ${line}`),
  ];
  const more = changed.length - maxLines;
  return [...changed.slice(0, maxLines), ...(more > 0 ? [`  and ${more} more lines`] : [])].join("\n");
}

/** The lines of a text, without as many of each as another text has. */
function without(text: string, other: string): string[] {
  const counts = new Map<string, number>();
  for (const line of other.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  return text.split("\n").filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0 && line !== "";
  });
}
