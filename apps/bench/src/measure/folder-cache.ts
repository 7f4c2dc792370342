import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";

/** Folders that are filled once for each size, and copied for each figure. */
export interface FolderCache {
  /** The folder for that size. */
  readonly get: (size: number) => Promise<string>;
  readonly remove: () => Promise<void>;
}

export function cacheFolders(fill: (folder: string, size: number) => Promise<void>): FolderCache {
  const folders = new Map<number, string>();
  return {
    get: async (size) => {
      const known = folders.get(size);
      if (known !== undefined) return known;
      const folder = await makeTemporaryFolder();
      folders.set(size, folder);
      await fill(folder, size);
      return folder;
    },
    remove: async () => {
      await Promise.all([...folders.values()].map(removeTemporaryFolder));
      folders.clear();
    },
  };
}
