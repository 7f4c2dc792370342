const words: ReadonlyMap<string, string> = new Map([
  ["EACCES", "no permission"],
  ["EPERM", "not permitted"],
  ["EROFS", "read-only file system"],
  ["ENOSPC", "disk full"],
  ["EDQUOT", "quota used up"],
  ["EFBIG", "file too large"],
  ["EISDIR", "a folder is there"],
  ["ENOTDIR", "not a folder"],
  ["EEXIST", "something is there already"],
  ["ENOENT", "not found"],
  ["EBUSY", "in use"],
  ["EPIPE", "the reader has closed"],
  ["ERR_STREAM_DESTROYED", "the stream is closed"],
  ["ERR_STREAM_WRITE_AFTER_END", "the stream has ended"],
]);

/**
 * Why something failed, from the error's code or name. Its message is left out: it may hold paths or, in a stream that
 * somebody else wrote, the content.
 */
export function failureReason(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) {
    const word = words.get(code);
    return word === undefined ? code : `${word} (${code})`;
  }
  return typeof name === "string" && /^\w{1,40}$/.test(name) ? name : "unknown reason";
}
