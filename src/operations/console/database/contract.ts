import { z } from 'zod';
import { shaped } from '../../../kernel/contract/bounds.ts';
import { operatorReason } from '../contract.ts';

const at = z.string().nullable().describe('Time, or null when never');
const bytes = z.number();

const connection = z.object({
  id: z.string().describe('Names this connection for as long as it lasts'),
  pid: z.int(),
  application: z.string(),
  role: z.string().nullable(),
  state: z.string().nullable(),
  wait_event: z.string(),
  own: z.boolean().describe('Whether it is the one that answers this'),
  connected_seconds: z.number().nullable(),
  transaction_seconds: z.number().nullable(),
  state_seconds: z.number().nullable(),
  statement: z.string().nullable().describe('Without values; only its kind when PostgreSQL does not remember it'),
  blocked_by: z.array(z.int()).describe('Processes whose locks it waits for'),
  wanted: z.string().nullable().describe('The lock that it waits for'),
});
export type Connection = z.infer<typeof connection>;

const statement = z.object({
  id: z.string(),
  statement: z.string().nullable(),
  calls: z.number(),
  total_ms: z.number(),
  mean_ms: z.number(),
  slow_ms: z
    .number()
    .describe('Mean and 1.645 standard deviations, at most the slowest: 95 % if times were spread normally'),
  max_ms: z.number(),
  rows: z.number(),
  share: z.number().nullable().describe('Of the time of all statements'),
});
export type Statement = z.infer<typeof statement>;

const table = z.object({
  name: z.string(),
  bytes: bytes.describe('With indexes, long values and partitions'),
  index_bytes: bytes,
  partitions: z.int(),
  rows: z.number(),
  dead_rows: z.number().nullable(),
  changed_rows: z.number().nullable().describe('Since it was last analyzed'),
  vacuumed_at: at,
  analyzed_at: at,
  unused_bytes: z.number().nullable().describe('Estimated from the widths of its columns'),
});
export type Table = z.infer<typeof table>;

export const databaseReport = z
  .object({
    overview: z
      .object({
        version: z.string(),
        started_at: z.string(),
        stats_since: at,
        bytes,
        hit_ratio: z.number().nullable(),
        connections: z.int(),
        connections_max: z.int(),
        transaction_age: z.number(),
        transaction_age_max: z.number(),
        deadlocks: z.number(),
        role: z.string().describe('Role that reads this; what it may do depends on what it was granted'),
        may_read_all: z.boolean(),
        may_end: z.boolean(),
      })
      .nullable(),
    connections: z.array(connection).nullable(),
    statements: z.object({ state: z.enum(['read', 'missing', 'not_loaded']), data: z.array(statement) }).nullable(),
    tables: z.array(table).nullable(),
    indexes: z
      .array(
        z.object({
          name: z.string(),
          table: z.string(),
          bytes,
          problem: z.enum(['invalid', 'duplicate', 'unused']),
          same_as: z.string().nullable(),
          scans: z.number(),
        }),
      )
      .nullable(),
    replication: z
      .object({
        slots: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            active: z.boolean(),
            wal_status: z.string().nullable(),
            inactive_since: at,
            kept_bytes: z.number().nullable(),
          }),
        ),
        replicas: z.array(
          z.object({
            name: z.string(),
            state: z.string().nullable(),
            sync_state: z.string().nullable(),
            lag_seconds: z.number().nullable(),
          }),
        ),
      })
      .nullable(),
  })
  .describe('A section that could not be read in time is null')
  .meta({ id: 'DatabaseReport' });
export type DatabaseReport = z.infer<typeof databaseReport>;

export const statementParams = z.object({ id: shaped(/^-?\d{1,19}$/, 20) });
export const statementPlan = z.object({
  plan: z.string().nullable().describe('As EXPLAIN (GENERIC_PLAN) writes it'),
  why: z.string().nullable().describe('Why there is none'),
});
export type StatementPlan = z.infer<typeof statementPlan>;

export const vacuumRequest = operatorReason.extend({ table: z.string().min(1).max(63) });

export const connectionEnd = operatorReason.extend({
  id: shaped(/^\d{1,10}-\d{1,20}$/, 31),
  how: z.enum(['cancel', 'close']).describe('Cancel what it runs, or close it'),
});
