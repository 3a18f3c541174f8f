import type { z } from 'zod';
import type { FileReport, fileDecisions } from '../../../../src/modules/wealth/custodian-file/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';

export type Report = FileReport;
export type FileAccount = Report['accounts'][number];
export type FileSecurity = Report['securities'][number];
export type Outcome = Report['samples'][number]['outcome'];
export type Decisions = z.input<typeof fileDecisions>;
export type Mapping = NonNullable<Decisions['mapping']>;
type Decided<Key extends 'accounts' | 'securities'> = NonNullable<Decisions[Key]>[number];
export type AccountDecision = Omit<Decided<'accounts'>, 'key'>;
export type SecurityDecision = Omit<Decided<'securities'>, 'key'>;

/**
 * Sends a file with what was decided about it. The file stays in the browser: nothing of it is kept but what was taken
 * into accounts.
 */
export function sendFile(file: File, decisions: Decisions, preview: boolean): Promise<Report> {
  const form = new FormData();
  form.set('decisions', JSON.stringify(decisions));
  form.set('file', file);
  return api.post<Report>(preview ? '/custodian-file-previews' : '/custodian-file-imports', form);
}

/** The decision about one account or security in place of an earlier one; without one it waits again. */
export function decide<D extends object>(
  all: readonly (D & { key: number })[] = [],
  key: number,
  decision: D | null,
): (D & { key: number })[] {
  const others = all.filter((one) => one.key !== key);
  return decision ? [...others, { ...decision, key }] : others;
}

export const outcomes: readonly Outcome[] = ['waiting', 'refused', 'imported', 'duplicate', 'skipped'];

export const outcomeMeanings: Record<Outcome, Meaning> = {
  imported: 'good',
  duplicate: 'neutral',
  waiting: 'attention',
  skipped: 'neutral',
  refused: 'bad',
};

/** `done`: it has happened, rather than that it will. */
export const outcomeText = (outcome: Outcome, done: boolean): string =>
  ({
    imported: done ? t('Imported') : t('Will be imported'),
    duplicate: t('Already there'),
    waiting: t('Waiting for a decision'),
    skipped: t('Skipped'),
    refused: t('Refused'),
  })[outcome];
