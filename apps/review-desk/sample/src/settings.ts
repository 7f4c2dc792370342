/** Where the shop keeps its pictures. The key is put here when the demo runs: it must not stand in a repository. */
export const pictures = {
  bucket: "corner-shop-pictures",
  accessKeyId: "{{a fake access key}}",
};
