import type { AlertRule } from '../../../../src/operations/alerts/contract.ts';
import type { FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { severities } from './alerts.ts';
import { exactly, reasonField } from './installation.ts';

/** What the rules that count are about. A rule that is not here is about something that is so or is not. */
const counted: Record<string, (count: number) => string> = {
  HoldfastNobodyServes: (count) => t('{count, plural, one {# process} other {# processes}}', { count }),
  HoldfastWorkerDown: (count) => t('{count, plural, one {# worker} other {# workers}}', { count }),
  HoldfastPoolExhausted: (count) => t('{count, plural, one {# waiting request} other {# waiting requests}}', { count }),
  HoldfastBackupLogGap: (count) => t('{count, plural, one {# gap} other {# gaps}}', { count }),
  HoldfastSignInsFail: (count) =>
    t('{count, plural, one {# failed sign-in} other {# failed sign-ins}} in ten minutes', { count }),
  HoldfastJobsFail: (count) => t('{count, plural, one {# failed job} other {# failed jobs}} in an hour', { count }),
  HoldfastJobsInDoubt: (count) => t('{count, plural, one {# job} other {# jobs}}', { count }),
  HoldfastFeedSetAside: (count) => t('{count, plural, one {# event} other {# events}}', { count }),
  HoldfastKeyMissing: (count) => t('{count, plural, one {# missing key} other {# missing keys}}', { count }),
  HoldfastSealedDamaged: (count) =>
    t('{count, plural, one {# damaged value} other {# damaged values}} in ten minutes', { count }),
  HoldfastErrorNew: (count) => t('{count, plural, one {# new error} other {# new errors}} in ten minutes', { count }),
  HoldfastSpansDropped: (count) => t('{count, plural, one {# span} other {# spans}} in ten minutes', { count }),
};

const values: Record<Exclude<AlertRule['unit'], 'count'>, (value: number) => string> = {
  share: (value) => formatNumber(value, { style: 'percent', maximumFractionDigits: 1 }),
  duration: exactly,
  bytes: formatBytes,
};

/** Whether the figure says only that something is so: then the limit tells a reader nothing. */
const isState = ({ name, unit, threshold }: AlertRule) =>
  unit === 'count' ? !(name in counted) : unit === 'duration' && threshold === 0;

/** When it fires: above 5 minutes, for 1 minute. */
export function limitText(rule: AlertRule): string {
  const { for_seconds, severity } = rule;
  const time = exactly(for_seconds);
  const { label } = severities[severity];
  if (isState(rule)) return `${for_seconds > 0 ? t('When it lasts {time}', { time }) : t('At once')} · ${label}`;
  return `${thresholdText(rule)}${for_seconds > 0 ? ` · ${t('for {time}', { time })}` : ''} · ${label}`;
}

function thresholdText({ name, is: compares, threshold, unit }: AlertRule): string {
  const value = unit === 'count' ? counted[name]!(threshold) : values[unit](threshold);
  if (compares === '==') return t('At {value}', { value });
  if (compares === '<') return t('Below {value}', { value });
  return unit === 'count' ? t('More than {value}', { value }) : t('Above {value}', { value });
}

const thresholdLabels: Record<AlertRule['unit'], string> = {
  count: t('Limit'),
  share: t('Limit, as a fraction: 0.9 is 90%'),
  duration: t('Limit, in seconds'),
  bytes: t('Limit, in bytes'),
};

export const ruleFieldsOf = (rule: AlertRule): readonly FieldDef[] => [
  { key: 'enabled', label: t('Enabled'), kind: 'boolean' },
  {
    key: 'threshold',
    label: thresholdLabels[rule.unit],
    kind: 'decimal',
    required: true,
    help: isState(rule) ? undefined : t('Now: {limit}', { limit: thresholdText(rule) }),
  },
  { key: 'for_seconds', label: t('Must last, in seconds'), kind: 'integer', required: true },
  {
    key: 'keep_seconds',
    label: t('Ends after, in seconds'),
    kind: 'integer',
    required: true,
    help: t('How long it has to be well again. Faster changes count as one alert.'),
  },
  reasonField,
];
