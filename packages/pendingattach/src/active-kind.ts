import { splitName } from "./safe-name.ts";

/**
 * What may happen to who opens a file: nothing of its own, scripts in a `document` (HTML, SVG, XML: for download, never
 * shown inline), or all that a `program` can do (started by a double click, or macros of an office).
 */
export type ActiveKind = false | "document" | "program";

/** By extension, on any system: what a double click starts, mounts or installs. */
const programs = new Set(
  [
    "exe com bat cmd scr pif cpl dll msi msp msix appx application jar jnlp app apk deb rpm pkg dmg iso img vhd vhdx",
    "js jse vb vbe vbs ws wsf wsc wsh ps1 psm1 hta chm reg inf msc sct scf lnk url desktop command workflow gadget",
    "docm dotm xlsm xlsb xltm xlam xll pptm potm ppam ppsm sldm ade adp mde accde",
  ]
    .join(" ")
    .split(" "),
);

const documents = new Set("html htm xhtml xht shtml mht mhtml svg svgz xml xsl xslt".split(" "));

const programType =
  /^application\/(?:x-msdownload|x-dosexec|vnd\.microsoft\.portable-executable|x-elf|x-executable|x-mach-binary|x-msi|java-archive|vnd\.android\.package-archive|x-ms-shortcut|.*macroenabled.*)$/;

const documentType = /^(?:text\/html|(?:text|application)\/xml|(?:image|application)\/[^/]+\+xml)$/;

/** @param mediaTypes what the file is, and what its bytes look like */
export function activeKind(name: string, mediaTypes: readonly (string | undefined)[]): ActiveKind {
  const extension = splitName(name)[1].slice(1).toLowerCase();
  const isOneOf = (form: RegExp): boolean => mediaTypes.some((type) => type !== undefined && form.test(type));
  if (programs.has(extension) || isOneOf(programType)) return "program";
  return documents.has(extension) || isOneOf(documentType) ? "document" : false;
}
