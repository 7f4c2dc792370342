/** A SHA-256 over blocks as they come. */
export interface Sha256 {
  update(block: Uint8Array): void;
  /** 64 characters, lower case. Called once, after the last block. */
  hex(): string | Promise<string>;
}

interface NodeHash {
  update(block: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

interface NodeCryptoHost {
  readonly process?: {
    readonly getBuiltinModule?: (id: string) => { createHash?: (algorithm: string) => NodeHash } | undefined;
  };
}

/**
 * Node, Bun and Deno hash block by block. Elsewhere there is only WebCrypto, which wants all bytes at once: then the
 * blocks, which the store holds anyway, are joined for a moment at the end.
 */
export function createSha256(host: object = globalThis): Sha256 {
  const nodeCrypto = (host as NodeCryptoHost).process?.getBuiltinModule?.("node:crypto");
  const hash = nodeCrypto?.createHash?.("sha256");
  if (!hash) return webSha256();
  return { update: (block) => void hash.update(block), hex: () => hash.digest("hex") };
}

function webSha256(): Sha256 {
  const blocks: Uint8Array[] = [];
  let size = 0;
  return {
    update: (block) => {
      blocks.push(block);
      size += block.byteLength;
    },
    hex: async () => {
      const all = new Uint8Array(size);
      let at = 0;
      for (const block of blocks) {
        all.set(block, at);
        at += block.byteLength;
      }
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  };
}
