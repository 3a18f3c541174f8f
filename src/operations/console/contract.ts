import { z } from 'zod';
import { trimmed } from '../../kernel/contract/names.ts';
import { job } from '../../kernel/jobs/contract.ts';

/** A part of the installation, and whether it is well. */
export const finding = z.object({
  check: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  advice: z.string().nullable().describe('What to do when it is not well'),
  severity: z.enum(['page', 'ticket']).describe('How urgent that is: a ticket can wait for the morning'),
});

export const job_count_max = 10_000;
const jobCount = z.int().describe(`At most ${job_count_max} are counted`);
const jobCounts = z.object({ ready: jobCount, running: jobCount, failed: jobCount, in_doubt: jobCount });

export const installationStatus = z
  .object({
    version: z.string(),
    at: z.iso.datetime(),
    findings: z.array(finding),
    recovery: z
      .object({
        proven_at: z.iso.datetime().describe('When the last backup was restored and found well'),
        seconds: z.number().describe('How long that restore took, until the application answered'),
        loss_seconds_max: z
          .number()
          .nullable()
          .describe(
            'How much of the last changes could be lost with this machine, as it was measured: the most at any time of the last day, now included; null while they are not sent on',
          ),
      })
      .nullable()
      .describe('How well the installation could be had back; null when no restore is proven'),
    jobs: jobCounts,
  })
  .meta({ id: 'InstallationStatus' });
export type InstallationStatus = z.infer<typeof installationStatus>;

const proof = z.object({
  at: z.iso.datetime(),
  passed: z.boolean(),
  recovery_seconds: z.number(),
  checks: z.array(z.object({ name: z.string(), passed: z.boolean(), detail: z.string(), seconds: z.number() })),
});

const timeProof = proof.extend({
  id: z.string(),
  second: z.iso.datetime().describe('How things were then, was restored'),
  backup: z.string().describe('By which that was, and the log behind it'),
});

export const backupList = z.object({
  state: z.enum(['kept', 'no_store', 'elsewhere']),
  kind: z
    .enum(['base', 'logical', 'mark'])
    .describe(
      'base: each moment since can be had back; logical: only the moments that backups were made at; mark: another tool backs up the database, and these are the moments that its backups are compared with',
    ),
  data: z.array(
    z.object({
      id: z.string(),
      at: z.iso.datetime().describe('The moment that it holds'),
      version: z.string(),
      database_bytes: z.number(),
      stored_bytes: z.number(),
      files: z.int(),
      proof: proof.nullable().describe('Of the last restore that was tried; null when none was'),
    }),
  ),
  unreadable: z
    .array(z.object({ id: z.string(), why: z.string() }))
    .describe('Damaged, or sealed with another key: a restore passes them over; newest first'),
  store: z
    .object({
      where: z.string().describe('The folder, or the bucket with its server'),
      same_disk: z.boolean().describe('It is on the disk of the data directory, with which it would be lost'),
      stored_bytes: z.number().nullable().describe('What all backups take there; null before that was added up'),
      next_at: z.iso.datetime().nullable().describe('When the next full backup begins; null while none is planned'),
      restore_command: z
        .string()
        .nullable()
        .describe('What brings all back on a new machine; null where another tool has the database'),
    })
    .nullable()
    .describe('The backup store; null where there is none'),
  gaps: z
    .array(
      z.object({
        from: z.iso.datetime().describe('About when the first change was made that is missing'),
        until: z.iso
          .datetime()
          .nullable()
          .describe('The moment of the first full backup behind it; null while there is none'),
      }),
    )
    .describe('Log of changes that is missing in the backup store'),
  ranges: z
    .array(z.object({ from: z.iso.datetime(), to: z.iso.datetime().nullable().describe('Null: until now') }))
    .describe('Between which any moment can be restored; empty where there is no log of changes'),
  time_proofs: z
    .array(timeProof)
    .describe('Of single seconds, drawn each day from all between the oldest backup and then; newest first'),
});
export type BackupList = z.infer<typeof backupList>;

export const operatorJobList = z.object({
  counts: jobCounts.describe('Of all; the list has the latest of each state'),
  data: z.array(
    job
      .pick({ id: true, kind: true, state: true, attempts: true, attempts_max: true, error: true, run_at: true })
      .extend({
        workspace: z.string(),
        started_at: z.iso.datetime().nullable(),
        finished_at: z.iso.datetime().nullable(),
      }),
  ),
});
export type OperatorJobList = z.infer<typeof operatorJobList>;
export type OperatorJob = OperatorJobList['data'][number];

/** What an operator does is written down with the reason. */
export const operatorReason = z.strictObject({
  reason: trimmed().min(3).max(1000).describe('Why, for those who ask later'),
});

export const operatorActionList = z.object({
  data: z.array(
    z.object({
      id: z.uuid(),
      at: z.iso.datetime(),
      who: z.string(),
      action: z.string(),
      target: z.string().nullable(),
      reason: z.string(),
    }),
  ),
});

export const operatorList = z.object({
  data: z.array(
    z.object({
      tenant_id: z.uuid(),
      user_id: z.uuid(),
      name: z.string(),
      email: z.string().nullable(),
      workspace: z.string(),
      granted_at: z.iso.datetime(),
      granted_by: z.string(),
    }),
  ),
});

export const newOperator = operatorReason.extend({
  workspace: z.string().trim().min(1).max(200).describe('Name of their workspace'),
  email: z.string().trim().min(3).max(320).describe('Address they sign in with'),
});

const taken = z.int().optional();
export const operatorGranted = z
  .object({
    dropped: z
      .object({ providers: taken, passkeys: taken, second_factors: taken, passwords: taken, sessions: taken })
      .describe(
        'How many ways to sign in were removed, because the administrators of the workspace may have had them: they choose its providers',
      ),
  })
  .meta({ id: 'OperatorGranted' });

export const operatorRemoval = operatorReason.extend({ tenant_id: z.uuid(), user_id: z.uuid() });
