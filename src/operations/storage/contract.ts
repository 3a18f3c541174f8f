import { z } from 'zod';

export const storageReport = z.object({
  data: z.array(
    z.object({
      place: z.enum(['data', 'backup']).describe('The disk of the data directory, or that of BACKUP_DIR'),
      host: z.string(),
      at: z.iso.datetime().describe('Now, of this machine; else of the newest sample, of which there is one a day'),
      free_bytes: z.number(),
      size_bytes: z.number(),
      bytes_per_day: z
        .number()
        .nullable()
        .describe('By how much the room changes, from the last 30 days; null: too early to tell'),
      full_at: z.iso
        .datetime()
        .nullable()
        .describe('When nothing is left at that pace; null when not within two years'),
    }),
  ),
  sizes: z
    .object({
      database_bytes: z.number(),
      file_bytes: z.number(),
      log_bytes: z.number().describe('A part of the database'),
    })
    .nullable()
    .describe('Of the newest sample'),
});
export type StorageReport = z.infer<typeof storageReport>;
