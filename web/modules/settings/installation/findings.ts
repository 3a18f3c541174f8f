import { t, translateServerText } from '../../../text/text.ts';
import { formatDate, formatDateTime } from '../../../ui/format.ts';
import { jobKindName } from '../jobs/jobNames.ts';
import type { Found } from './installation.ts';

const times = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g;
const days = /\b\d{4}-\d\d-\d\d\b/g;
const backup_ids = /\b(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)\d*z-[0-9a-f]+\b/g;
const backup_files = /\b\d{12,}\/([a-z]+)\/[^\s:]+/g;
const partsOfBackups: Record<string, string> = {
  base: t('The copy of the database'),
  wal: t('The log of changes'),
  file: t('A file'),
  backup: t('The catalogue'),
};
const checks: Record<string, string> = {
  log: t('Log in the archive'),
  restore: t('Restore'),
  application: t('Start of the application'),
  indexes: t('Indexes'),
  content: t('Content'),
  audit: t('Audit trail'),
  files: t('Files'),
  secrets: t('Secrets'),
  archive: t('Log of changes'),
};
const proof_checks = /\b(log|restore|application|indexes|content|audit|files|secrets|archive): /g;
/** What the proof of a backup checks. */
export const checkName = (name: string): string => checks[name] ?? name;
const schedule_names = /(?<![a-z_.])[a-z_]+(?:\.[a-z_]+)*(?= \()/g;

/** The server writes numbers as English does. */
const number = (text: string): number => Number(text.replaceAll(',', ''));

const proofs: [RegExp, (first: string, second: string, third: string) => string][] = [
  [
    /^The backup (?!store )(\S+) cannot be read: (.+)$/,
    (when, why) => t('The backup of {when} cannot be read: {why}', { when, why: ofProof(why) }),
  ],
  [
    /^((?:.*: )?)(.+) was changed, cut off, moved, or sealed with another key$/,
    (before, what) =>
      before + t('{what} was changed, cut off, moved, or sealed with another key', { what: translateServerText(what) }),
  ],
  [/^Applied the log up to (\S+), the moment of (.+)$/, (_, when) => t('The log was applied up to {when}', { when })],
  [
    /^(\S+) indexes$/,
    (count) => t('{count, plural, one {# index is sound} other {# indexes are sound}}', { count: number(count) }),
  ],
  [
    /^(\S+) indexes in order, .*; the other (\S+) are large /,
    (count, later) =>
      t(
        '{count, number} indexes are in order; whether {later, number} large ones have every row, proofs of random seconds see in turn',
        { count: number(count), later: number(later) },
      ),
  ],
  [
    /^(\S+) rows of (\S+) workspaces, equal by hash$/,
    (rows, workspaces) =>
      t('{rows, number} rows of {workspaces, plural, one {# workspace} other {# workspaces}} are equal by hash', {
        rows: number(rows),
        workspaces: number(workspaces),
      }),
  ],
  [
    /^(\S+) events verify(?:, and all values .*)?$/,
    (events) => t('{events, plural, one {# event verifies} other {# events verify}}', { events: number(events) }),
  ],
  [
    /^Of (\S+) events a sample verifies: of (\S+) records one /,
    (events, one_in) =>
      t('Of {events, number} events a sample verifies: one record and one value of {one_in, number}', {
        events: number(events),
        one_in: number(one_in),
      }),
  ],
  [
    /^(\S+) of (\S+) secrets open with the key$/,
    (count, all) =>
      t('{count, number} of {all, number} secrets can be opened', { count: number(count), all: number(all) }),
  ],
  [
    /^Applied the log behind the backup \S+ up to (\S+); the last change before that is of (\S+)$/,
    (when, change) =>
      t('The log was applied up to {when}; the last change before that is of {change}', { when, change }),
  ],
  [
    /^The log up to (\S+) was in the backup store (\S+) s later$/,
    (when, count) => t('The log up to {when} was in the backup store {count} s later', { when, count }),
  ],
  [
    /^No log is missing since (\d\S+); before that, it is in (\S+) places$/,
    (when, count) =>
      t('No log is missing since {when}; before that, it is in {count, plural, one {# place} other {# places}}', {
        when,
        count: number(count),
      }),
  ],
  [
    /^(\S+) of (\S+) files, equal by hash; (\S+) more have no copy/,
    (count, all, without) =>
      t(
        '{count, number} of {all, number} files are equal by hash; {without, number} more have no copy in the backup store',
        { count: number(count), all: number(all), without: number(without) },
      ),
  ],
  [
    /^(\S+) of (\S+) files, equal by hash$/,
    (count, all) =>
      t('{count, number} of {all, number} files are equal by hash', { count: number(count), all: number(all) }),
  ],
];

/** Proofs are kept with their backups, in English: what they say is known again by its form. */
function ofProof(text: string): string {
  for (const [form, say] of proofs) {
    const [, first, second = '', third = ''] = form.exec(text) ?? [];
    if (first !== undefined) return translateServerText(say(first, second, third));
  }
  return translateServerText(text);
}

/** What the server found about a part, as people here say it: it writes times of UTC and names of programs. */
export function detailOf({ check, detail }: Pick<Found, 'check' | 'detail'>): string {
  const named = check === 'schedules' ? detail.replace(schedule_names, jobKindName) : detail;
  // Several that are independent of one another, each in its own words.
  if (check === 'feed')
    return named
      .split('; ')
      .map((one) => one.replace(/(?<=^\S+: ).+|^(?!\S+: ).+/, inWords))
      .join('; ');
  if (check === 'alerts' || check === 'settings') return named.split('; ').map(inWords).join('; ');
  const said = inWords(named);
  return check === 'backups' ? said.replace(proof_checks, (_, name: string) => `${checkName(name)}: `) : said;
}

/** A text of the server with times of here; a file of a backup is called by what it is. */
export const inWords = (text: string): string =>
  ofProof(
    text
      .replace(backup_files, (_, part: string) => partsOfBackups[part] ?? part)
      .replace(backup_ids, '$1-$2-$3T$4:$5:$6Z'),
  )
    .replace(times, (time) => formatDateTime(new Date(time).toISOString()))
    .replace(days, (day) => formatDate(day));
