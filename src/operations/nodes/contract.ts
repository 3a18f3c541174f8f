import { z } from 'zod';

const sourceKind = z.enum(['default', 'environment', 'flag', 'file', 'credential', 'manager', 'none']);

export const processList = z.object({
  data: z.array(
    z.object({
      id: z.uuid(),
      host: z.string(),
      pid: z.int(),
      role: z.enum(['all', 'web', 'worker', 'migrate']),
      version: z.string(),
      commit: z.string().nullable().describe('That it was made from; null when it is not known'),
      node_version: z.string(),
      address: z.string().nullable().describe('Where it serves; null when it does not'),
      started_at: z.iso.datetime(),
      seen_at: z.iso.datetime(),
      alive: z
        .boolean()
        .describe('False: it has said nothing for a while, and disappears from the list ten minutes after it did'),
      memory_bytes: z.number(),
    }),
  ),
  versions: z.array(z.string()).describe('Of the processes that are alive, with the commit where it is known'),
});
export type ProcessList = z.infer<typeof processList>;

export const configuration = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      secret: z.boolean(),
      values: z
        .array(
          z.object({
            is_set: z.boolean(),
            value: z.string().nullable().describe('Never of a secret'),
            source: sourceKind,
            origin: z.string().nullable().describe('The file or the flag that it was read from'),
            processes: z.array(z.string()),
          }),
        )
        .describe('One for each way in which processes have it'),
      differs: z.boolean().describe('Whether processes have it differently that should have it alike'),
    }),
  ),
  unread: z
    .array(z.object({ name: z.string(), meant: z.string().nullable(), processes: z.array(z.string()) }))
    .describe('Variables of the environment that nobody reads, and that may have been meant for Holdfast'),
});
export type Configuration = z.infer<typeof configuration>;
