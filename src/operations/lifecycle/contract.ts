import { z } from 'zod';
import { auditEvent, auditQuery } from '../../kernel/audit/contract.ts';
import { operatorReason } from '../console/contract.ts';

export const return_days_max = 90;

const source = z
  .enum(['audit_event', 'record_history'])
  .describe('audit_event: who did what. record_history: which values it replaced and set');

const period = z.object({
  source,
  first_at: z.iso.datetime(),
  end_at: z.iso.datetime().describe('It ends before this'),
  rows: z.number(),
  bytes: z.number(),
});

export const lifecycleReport = z
  .object({
    archive_after_months: z.int(),
    delete_after_years: z.int(),
    values_expire_after_days: z.int().describe('0: they do not'),
    store: z.enum(['folder', 's3']).describe('Where archived files lie'),
    storage_class: z.string().nullable().describe('Of the store, where it has some and one is set'),
    next: z
      .array(
        period.extend({
          action: z.enum(['archive', 'delete']),
          at: z.iso.datetime().describe('The first run after this does it'),
          held: z.boolean().describe('It is kept in spite of its age'),
        }),
      )
      .describe('The next months of each kind. Of what is to be archived, rows and bytes are estimates'),
    archived: z.array(
      period.extend({
        state: z.enum(['writing', 'verified', 'detached', 'archived', 'returned', 'deleted']),
        files: z.int(),
        returned_until: z.iso.datetime().nullable(),
        held: z.boolean(),
        error: z.string().nullable().describe('Why the last attempt to do something with it failed'),
      }),
    ),
  })
  .meta({ id: 'LifecycleReport' });
export type LifecycleReport = z.infer<typeof lifecycleReport>;

export const newReturn = operatorReason.extend({
  source,
  first_at: z.iso.datetime().describe('Of the period'),
  days: z.int().min(1).max(return_days_max).describe('Then it leaves the database again'),
});

export const archiveQuery = auditQuery.omit({ field: true });
export type ArchiveQuery = z.infer<typeof archiveQuery>;

export const archivePage = z.object({
  data: z.array(auditEvent).describe('Without values'),
  searched_back_to: z.iso.datetime().nullable().describe('Null: there is no archive to search'),
  next_cursor: z.string().nullable(),
});
export type ArchivePage = z.infer<typeof archivePage>;

export const archivedPeriods = z.object({
  data: z.array(
    z.object({
      source,
      first_at: z.iso.datetime(),
      end_at: z.iso.datetime(),
      state: z.enum(['archived', 'deleted']),
    }),
  ),
});
