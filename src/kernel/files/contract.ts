import { z } from 'zod';

export const file_bytes_max = 100 * 1024 * 1024;

export const file = z
  .object({
    id: z.uuid(),
    kind: z.enum(['upload', 'export', 'temp']),
    name: z.string(),
    /** The type of the bytes, whatever the sender declared. */
    content_type: z.string(),
    size_bytes: z.int(),
    /** Hexadecimal. */
    sha256: z.string(),
    /** Where its bytes lie: reading from the warm or the cold store is slower. */
    storage_class: z.enum(['hot', 'warm', 'cold']),
    created_by: z.uuid().nullable(),
    expires_at: z.iso
      .datetime()
      .nullable()
      .describe('When the file is deleted; of an upload, unless it hangs on a note or comment by then. Null: it stays'),
    version: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'File' });
export type File = z.infer<typeof file>;

export const uploadQuery = z.strictObject({
  kind: z.enum(['upload', 'temp']).default('upload').describe('temp: for a step in between, gone after a day'),
});

export const contentQuery = z.strictObject({
  inline: z.enum(['true', 'false']).default('false').describe('true: to be shown in a page; only pictures are'),
});

/** Stores of files by age, from the fastest to the slowest, in which a file is looked for in this order. */
export const tiers = ['hot', 'warm', 'cold'] as const;
export type Tier = (typeof tiers)[number];

/** The storage classes of S3 from which a file can be read at once. */
export const storageClasses = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'] as const;
export type StorageClass = (typeof storageClasses)[number];
