import type { Config } from '../../kernel/config/config.ts';
import { usage_days } from '../../kernel/usage/contract.ts';
import { notification_days } from '../../platform/notification/contract.ts';
import { trash_days } from '../../platform/trash/contract.ts';
import { undo_days } from '../../platform/undo/contract.ts';
import { delivery_days } from '../../platform/webhook/contract.ts';
import { alert_days } from '../alerts/contract.ts';
import type { RuleName } from './contract.ts';

/** Error reports that were not seen for so long go. */
const error_days = 90;
const job_days = 30;
/** Of the installation's own jobs there is one each minute. */
const system_job_days = 1;
const idempotency_days = 1;
/** The database as it was before an upgrade takes room; nobody goes back to an older one. */
const copy_days = 14;
export const orphan_days = 2;

export interface DeletionRule {
  name: RuleName;
  /** Days after which something is deleted; 0: when it expires, null: never. */
  days: number | null;
  /** What changes the days, if anything does. */
  setting: keyof Config | null;
  runs: 'hourly' | 'nightly' | 'with_backups';
  /** Deletes rows in these steps of app.deletion_steps. Without: it has its own way. */
  steps?: number[];
}

/**
 * Everything that deletes by age, besides the archive of the trail. In the order in which a run does it, and the page
 * shows it.
 */
export function deletionRules(config: Pick<Config, RetentionSetting>): DeletionRule[] {
  const hourly = (name: RuleName, days: number | null, steps?: number[]): DeletionRule => ({
    name,
    days,
    setting: null,
    runs: 'hourly',
    ...(steps && { steps }),
  });
  return [
    { ...hourly('orphan_files', orphan_days), runs: 'nightly' },
    hourly('files', 0),
    hourly('trash', trash_days),
    { ...hourly('record_history', config.HISTORY_DAYS || null, [1]), setting: 'HISTORY_DAYS' },
    { ...hourly('raw_events', config.RAW_EVENT_DAYS, [1, 2, 3, 4]), setting: 'RAW_EVENT_DAYS' },
    hourly('jobs', job_days, [1]),
    hourly('system_jobs', system_job_days, [1]),
    hourly('sessions', 0, [1]),
    hourly('links', 0, [1]),
    hourly('idempotency_keys', idempotency_days, [1]),
    hourly('webhook_deliveries', delivery_days, [1]),
    hourly('notifications', notification_days, [1]),
    hourly('conversions', undo_days, [1, 2]),
    hourly('deleted_favourites', undo_days, [1]),
    hourly('usage', usage_days, [1, 2, 3]),
    hourly('alerts', alert_days, [1, 2, 3]),
    hourly('error_reports', error_days, [1, 2]),
    { ...hourly('log_lines', config.LOG_DAYS, [1]), setting: 'LOG_DAYS' },
    hourly('feed_positions', 0, [1, 2]),
    hourly('upgrade_copies', copy_days),
    { ...hourly('backups', config.BACKUP_DAYS), setting: 'BACKUP_DAYS', runs: 'with_backups' },
  ];
}

type RetentionSetting = 'HISTORY_DAYS' | 'RAW_EVENT_DAYS' | 'LOG_DAYS' | 'BACKUP_DAYS';
