import { Clock, ShieldCheck, Trash2 } from 'lucide-react';
import type { DeletionRuleReport, LifecycleReport, RuleName } from '../../../../src/operations/lifecycle/contract.ts';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { formatBytes, formatNumber, formatRelative } from '../../../ui/format.ts';

const names: Record<RuleName, string> = {
  orphan_files: t('Unreferenced files'),
  files: t('Temporary and unused files, exports and files of imports'),
  trash: t('Trash'),
  record_history: t('Earlier values of records'),
  raw_events: t('Raw events: rows of imports, records of bulk changes'),
  jobs: t('Finished jobs'),
  system_jobs: t('Finished jobs of the installation'),
  sessions: t('Sessions'),
  links: t('Invitations, sign-in links and password resets'),
  idempotency_keys: t('Responses kept for repeated requests'),
  webhook_deliveries: t('Deliveries of webhooks'),
  notifications: t('Notifications'),
  conversions: t('Values from before a custom field changed its type'),
  deleted_favourites: t('Favourites of deleted records'),
  usage: t('Usage counts'),
  alerts: t('Resolved alerts and their messages'),
  error_reports: t('Error reports'),
  log_lines: t('Log'),
  feed_positions: t('What deleted workspaces left in the change feed'),
  upgrade_copies: t('The database as it was before an upgrade'),
  backups: t('Backups'),
};

/** Everything else that is deleted by age: after how long, what comes next, what was deleted last. */
export function RuleSection({ rules }: Pick<LifecycleReport, 'rules'>) {
  return (
    <SettingsSection
      title={t('Other rules')}
      description={t('Expired data is deleted in small batches, so that nobody waits for a row longer than 200 ms.')}
    >
      <Panel label={t('Other rules')}>
        {rules.map((rule) => (
          <RuleRow key={rule.name} rule={rule} />
        ))}
      </Panel>
    </SettingsSection>
  );
}

function RuleRow({ rule }: { rule: DeletionRuleReport }) {
  const { name, due, last, setting } = rule;
  const isHeld = due !== null && due.held > 0;
  const Icon = isHeld ? ShieldCheck : rule.days === null ? Clock : Trash2;
  return (
    <PanelRow
      icon={<Icon size={16} aria-hidden="true" />}
      title={
        <>
          {names[name]}
          <span className="font-normal text-muted">{afterOf(rule)}</span>
          {isHeld && <Badge meaning="attention">{t('{rows, plural, other {# held}}', { rows: due.held })}</Badge>}
          {last?.error && <Badge meaning="bad">{t('Failed')}</Badge>}
        </>
      }
      detail={
        <>
          {nextOf(rule) && <span className="block">{nextOf(rule)}</span>}
          {isHeld && <span className="block">{t('A legal hold keeps what is held, whatever its age.')}</span>}
          {rule.days !== null && <span className="block">{lastOf(rule)}</span>}
          {last?.error && <span className="block text-bad-ink">{last.error}</span>}
          {setting && <span className="block">{t('Changed with {setting}', { setting })}</span>}
        </>
      }
    />
  );
}

function afterOf({ days }: DeletionRuleReport): string {
  if (days === null) return t('only with the archive');
  if (days === 0) return t('when expired or unused');
  return days % 365 === 0
    ? t('after {years, plural, one {# year} other {# years}}', { years: days / 365 })
    : t('after {days, plural, one {# day} other {# days}}', { days });
}

function nextOf({ name, due, next_at }: DeletionRuleReport): string | null {
  if (next_at === null) return null;
  const when = formatRelative(next_at);
  if (due === null) return t('Next run {when}', { when });
  if (due.rows === 0) return t('Next run {when}: nothing to delete', { when });
  const size = formatBytes(due.bytes);
  const number = formatNumber(due.rows);
  if (due.more) return t('More than {number} to delete from {when} on, {size} and more', { number, when, size });
  return name === 'log_lines'
    ? t('{days, plural, one {# day} other {# days}} to delete {when}, about {size}', { days: due.rows, when, size })
    : t('{rows, plural, other {#}} to delete {when}, {size}', { rows: due.rows, when, size });
}

function lastOf({ last }: DeletionRuleReport): string {
  if (!last) return t('It has not run yet');
  const when = formatRelative(last.at);
  const total = formatNumber(last.rows_total);
  if (last.rows === 0) return t('Last run {when}: nothing to delete. {total} in all', { when, total });
  return last.longest_ms > 0
    ? t('Last run {when}: {rows, plural, other {#}} deleted, locks of {ms} ms at most. {total} in all', {
        when,
        rows: last.rows,
        ms: formatNumber(last.longest_ms),
        total,
      })
    : t('Last run {when}: {rows, plural, other {#}} deleted. {total} in all', { when, rows: last.rows, total });
}
