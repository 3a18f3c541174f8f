import { z } from 'zod';
import { auditEvent, auditQuery } from '../../kernel/audit/contract.ts';
import { tiers } from '../../kernel/files/contract.ts';
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

export const ruleNames = [
  'orphan_files',
  'files',
  'trash',
  'record_history',
  'raw_events',
  'jobs',
  'system_jobs',
  'sessions',
  'links',
  'idempotency_keys',
  'webhook_deliveries',
  'notifications',
  'conversions',
  'deleted_favourites',
  'usage',
  'alerts',
  'error_reports',
  'log_lines',
  'feed_positions',
  'upgrade_copies',
  'backups',
] as const;
export type RuleName = (typeof ruleNames)[number];

export const due_rows_max = 10_000;

export const orphans_shown_max = 20;

const ruleRun = z.object({
  at: z.iso.datetime(),
  rows: z.number(),
  bytes: z.number().describe('Of files'),
  rows_total: z.number().describe('Of all runs'),
  longest_ms: z.int().describe('The longest that one of its transactions had locks'),
  error: z.string().nullable(),
});

const deletionRule = z
  .object({
    name: z.enum(ruleNames),
    days: z.int().nullable().describe('After so many days. 0: when it has expired; null: never'),
    setting: z.string().nullable().describe('What changes the days'),
    next_at: z.iso.datetime().nullable().describe('The next run'),
    due: z
      .object({
        rows: z.int(),
        bytes: z.number(),
        held: z.int().describe('So many are kept in spite of their age'),
        more: z.boolean().describe(`There are more: of each table ${due_rows_max} rows are counted`),
      })
      .nullable()
      .describe('What the next run deletes, as far as it is known now; null: it cannot be counted in the database'),
    last: ruleRun.nullable().describe('The last run; null: there was none'),
  })
  .meta({ id: 'DeletionRule' });
export type DeletionRuleReport = z.infer<typeof deletionRule>;

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
    orphans: z
      .object({
        files: z.int(),
        bytes: z.number(),
        unconfirmed: z.int().describe('Of those past their time, so many wait for an operator'),
        oldest: z
          .array(
            z.object({
              storage_key: z.string(),
              bytes: z.number(),
              modified_at: z.iso.datetime(),
              delete_at: z.iso.datetime().describe('Unless something refers to it by then'),
            }),
          )
          .describe(`Up to ${orphans_shown_max}`),
      })
      .describe('Files in the store that nothing refers to'),
    tiers: z
      .array(
        z.object({
          tier: z.enum(tiers),
          place: z.string().nullable().describe('Null: there is no such store'),
          after_days: z
            .int()
            .nullable()
            .describe('Since somebody last read a file, or since its upload; null: where uploads land. 0: never'),
          files: z.int(),
          bytes: z.number(),
          moving: z.int().describe('So many are moved from here by the next run'),
          moving_bytes: z.number(),
        }),
      )
      .describe('Where uploaded files lie. Reading from a colder store is slower'),
    tier_run: ruleRun.nullable().describe('The last run that moved files'),
    rules: z.array(deletionRule).describe('Everything else that is deleted by age'),
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
  first_at: z.iso.datetime().max(64).describe('Of the period'),
  days: z.int().min(1).max(return_days_max).describe('Then it leaves the database again'),
});

export const orphanConfirmation = operatorReason;

export const archiveQuery = auditQuery.omit({ field: true });
export type ArchiveQuery = z.infer<typeof archiveQuery>;

export const archivePage = z.object({
  data: z.array(auditEvent).describe('Without values'),
  searched_back_to: z.iso.datetime().nullable().describe('Null: there is no archive to search'),
  next_cursor: z.string().nullable(),
});
export type ArchivePage = z.infer<typeof archivePage>;

export const archivedChangesQuery = z.strictObject({
  since: z.iso.datetime({ offset: true }).max(64).describe('When the record was created'),
});
export const archivedChanges = z.object({
  archived_before: z.iso.datetime().nullable().describe('Changes before this are in the archive, at least in part'),
  deleted_before: z.iso.datetime().nullable().describe('Changes before this were deleted after their time'),
  elsewhere_before: z.iso
    .datetime()
    .nullable()
    .describe('Changes before this are recorded in the workspace that this one was made of'),
});

export const archivedPeriods = z.object({
  data: z.array(
    z.object({
      source,
      first_at: z.iso.datetime(),
      end_at: z.iso.datetime(),
      state: z
        .enum(['archived', 'deleted', 'elsewhere'])
        .describe('elsewhere: in the workspace that this one was made of, by an export or from a backup'),
    }),
  ),
});
