/** The oldest Node that runs the app, as package.json says. */
const [oldestMajor, oldestMinor] = [22, 18];

/** What is wrong with this version of Node, for whoever starts the app; `undefined` if it will do. */
export function nodeProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  const needed = `${oldestMajor}.${oldestMinor}`;
  return `it needs Node ${needed} or later, and this is ${version}: in its repository node_modules/.bin/node is one`;
}
