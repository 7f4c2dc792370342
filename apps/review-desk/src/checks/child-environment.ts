/**
 * Variables for a child process: what the platform cannot start one without, and `extra`. Nothing
 * else is passed on, so that neither `NODE_OPTIONS` nor an API key reaches an analyser.
 */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = { ...extra };
  for (const name of ["SystemRoot", "windir", "TEMP", "TMP"]) {
    const value = process.platform === "win32" ? process.env[name] : undefined;
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
