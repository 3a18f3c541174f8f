import type { Job } from '../../../../src/kernel/jobs/contract.ts';
import { productSettings } from '../../../app/settings/sections.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';

export const jobStates: Record<Job['state'], { label: string; meaning: Meaning }> = {
  scheduled: { label: t('Scheduled'), meaning: 'neutral' },
  ready: { label: t('Waiting'), meaning: 'info' },
  running: { label: t('Running'), meaning: 'accent' },
  done: { label: t('Completed'), meaning: 'good' },
  failed: { label: t('Failed'), meaning: 'bad' },
  cancelled: { label: t('Cancelled'), meaning: 'neutral' },
  in_doubt: { label: t('Outcome unknown'), meaning: 'attention' },
};

/** Whether its state will change by itself. */
export const isPending = (state: string): boolean => state === 'scheduled' || state === 'ready' || state === 'running';

const soon_ms = 60_000;

/** Whether it may change while one looks on: some are scheduled days ahead. */
export const changesSoon = ({ state, run_at }: Pick<Job, 'state' | 'run_at'>): boolean =>
  isPending(state) && (state !== 'scheduled' || Date.parse(run_at) - Date.now() <= soon_ms);

const kinds: Record<string, string> = {
  backup: t('Backup and its proof'),
  'backup-proof': t('Proof of a random second'),
  'backup-log': t('Search for missing log of changes'),
  'certificate.check': t('Check of certificates'),
  'change.run': t('Change or undo of many records'),
  'database.vacuum': t('Vacuum of a table'),
  'duplicate.count': t('Count of duplicates'),
  'duplicate.search': t('Search for duplicates'),
  'export.make': t('Export'),
  'file.removal': t('Removal of files'),
  housekeeping: t('Cleaning up'),
  'import.run': t('Import'),
  invitation: t('Invitation by e-mail'),
  key_rotation: t('Sealing again with new keys'),
  lifecycle: t('Archiving and deleting of old months'),
  'lifecycle.return': t('Return of an archived month'),
  'notification.digest': t('Digest by e-mail'),
  'notification.duplicates': t('Notifications of duplicates'),
  'notification.finished': t('Notifications of finished work'),
  'notification.mail': t('Notifications by e-mail'),
  'notification.due_tasks': t('Notifications of due tasks'),
  'notification.tasks': t('Notifications of tasks'),
  password_reset: t('Password link by e-mail'),
  security_notice: t('Security notice by e-mail'),
  'storage.sample': t('Sample of disk space'),
  'webhook.send': t('Webhooks'),
};

/** A job of a product is called as the product calls it. */
export const jobKindName = (kind: string): string =>
  kinds[kind] ?? productSettings().find(({ jobs }) => jobs?.[kind])?.jobs?.[kind] ?? kind;
