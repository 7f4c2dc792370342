/** So many rows are read without holding up the event loop. */
const pageCount = 1_000;

/**
 * Reads page by page; what changes in the meantime is seen as it is when its page is read.
 *
 * @param read gives at most so many rows, the first ones behind the last that was read
 */
export async function readPages<Row>(
  limit: number,
  read: (atMost: number, last: Row | undefined) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < limit) {
    const atMost = Math.min(pageCount, limit - rows.length);
    const page = await read(atMost, rows.at(-1));
    for (const row of page) rows.push(row);
    if (page.length < atMost) break;
  }
  return rows;
}
