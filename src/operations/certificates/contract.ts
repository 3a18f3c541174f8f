import { z } from 'zod';

export const certificateList = z.object({
  data: z.array(
    z.object({
      endpoint: z.string().describe('The setting that names the server, and the server'),
      subject: z.string().nullable(),
      issuer: z.string().nullable(),
      valid_until: z.iso.datetime().nullable(),
      distrust: z.string().nullable().describe('Why the worker does not trust it'),
      error: z.string().nullable().describe('Why none was seen; then the rest is from the last time that one was'),
      checked_at: z.iso.datetime(),
    }),
  ),
});
export type CertificateList = z.infer<typeof certificateList>;
