// Plain JavaScript: it must run on the very versions that it refuses.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This needs Node 22.18 or newer and found ${process.version}: the npm registry has no Node binary for this platform, so install one yourself.`,
  );
  process.exit(1);
}
