import { createHash } from 'node:crypto';
import { z } from 'zod';

export const format = 'holdfast-tenant';
export const format_version = 1;
/** Archives of this version and later can be imported. */
export const format_version_min = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** What an archive says of itself. The SHA-256 of a stored file stands with its row, in tables/file.jsonl. */
const manifestShape = z.strictObject({
  format: z.literal(format),
  format_version: z.literal(format_version),
  exported_at: z.iso.datetime(),
  workspace: z.string(),
  /** The oldest event of the trail; null when it has none. */
  first_event_at: z.iso.datetime().nullable(),
  tables: z.record(z.string(), z.strictObject({ columns: z.array(z.string()), rows: count, sha256 })),
  files: z.strictObject({ count, size_bytes: count }),
  content_sha256: sha256,
  /** Of all the above. */
  manifest_sha256: sha256,
});
export type Manifest = z.output<typeof manifestShape>;

const digest = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

export const sealManifest = (content: Omit<Manifest, 'manifest_sha256'>): Manifest => ({
  ...content,
  manifest_sha256: digest(content),
});

/** The manifest, or what keeps it from being one. */
export function parseManifest(text: string): Manifest | { problem: string } {
  const damaged = { problem: 'Its manifest.json is damaged. Copy the archive again, or make it again.' };
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged;
  }
  if (value?.format !== format) return { problem: 'Its manifest.json is not that of an exported workspace.' };
  const version = Number(value.format_version);
  if (version > format_version)
    return { problem: `A newer Holdfast made it (format ${version}). Update this installation, then import again.` };
  if (version < format_version_min)
    return { problem: `Its format ${version} is too old. Export the workspace again with a newer Holdfast.` };
  const { manifest_sha256, ...content } = value;
  const parsed = manifestShape.safeParse(value);
  return parsed.success && digest(content) === manifest_sha256 ? parsed.data : damaged;
}
