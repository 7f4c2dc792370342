/** An id of which much can be got wrong: its case, its digits as a number, its Unicode form. */
export const trickyId = "U123456789012345678\u00e9";

/** Ids that are none of that one. */
export const lookAlikes: readonly string[] = [
  trickyId.toLowerCase(),
  ` ${trickyId}`,
  `${trickyId} `,
  trickyId.normalize("NFD"),
  trickyId.replace("678", "679"),
  trickyId.slice(0, -1),
  `${trickyId}\u200b`,
];
