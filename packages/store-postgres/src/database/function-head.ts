/**
 * The head of every function, between its arguments and its body. It looks up names in its own schema only. It never scans a
 * table: a plan is kept for as long as a connection lives, and one made while a table was small would scan it when it is large.
 */
export const functionHead = `language plpgsql
  set search_path from current
  set enable_seqscan = off`;
