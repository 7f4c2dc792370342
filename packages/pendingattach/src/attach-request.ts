import type { AttachInput } from "./attachments.ts";
import { requireObject, requireString } from "./check-arguments.ts";
import { fileSource, type FileSource, isBlob } from "./file-data.ts";
import { parseMediaType } from "./media-type.ts";
import type { FileOrigin } from "./pending-file.ts";
import { malformedType } from "./refusals.ts";

/** An input that was checked. */
export interface AttachRequest {
  readonly source: FileSource;
  readonly name: string | undefined;
  readonly alt: string | undefined;
  readonly origin: FileOrigin | undefined;
  /** As it was said, of any form. */
  readonly mediaType: string | undefined;
}

/** @throws {TypeError} that names the field and what it is. */
export function readRequest(input: AttachInput): AttachRequest {
  requireObject(input, "Cannot attach file: 'input'");
  const { data, name, mediaType, alt, source } = input;
  for (const [field, value] of Object.entries({ name, mediaType, alt })) {
    if (value !== undefined) requireString(value, `Cannot attach file: '${field}'`);
  }
  if (source !== undefined) {
    requireString(source?.tool, "Cannot attach file: 'source.tool'");
    requireString(source?.callId, "Cannot attach file: 'source.callId'");
  }
  const blob = isBlob(data) ? data : undefined;
  return {
    source: fileSource(data),
    name: name ?? (blob as { readonly name?: string } | undefined)?.name,
    alt,
    origin: source && Object.freeze({ tool: source.tool, callId: source.callId }),
    // A blob without a type says so with an empty one.
    mediaType: mediaType ?? (blob?.type || undefined),
  };
}

/**
 * The media type that was said, in the form that it is compared in.
 *
 * @throws {AttachError} `ATTACH_TYPE`
 */
export function declaredType({ mediaType }: AttachRequest): string | undefined {
  if (mediaType === undefined) return undefined;
  const parsed = parseMediaType(mediaType);
  if (parsed === undefined) throw malformedType();
  return parsed;
}
