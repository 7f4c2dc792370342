/** A copy of plain fields without those that are `undefined`: an absent field is absent in JSON and to `in` alike. */
export function omitAbsent<T extends object>(fields: T): T {
  const copy: Partial<T> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) copy[name] = value;
  }
  return copy as T;
}
