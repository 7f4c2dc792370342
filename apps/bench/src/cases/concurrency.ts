/** How many jobs run at a time wherever a case does not say otherwise. */
export const concurrency = 16;
