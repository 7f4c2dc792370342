/** A file of the reviewed repository. Only its text reaches an analyser. */
export interface CheckedFile {
  /** As the repository names it, with `/`: says which language it is, and whether it is a test. */
  readonly path: string;
  readonly text: string;
}
