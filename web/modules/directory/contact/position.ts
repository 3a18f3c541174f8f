import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { contact } from '../../../../src/modules/directory/contact/contract.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { formatDate, today } from '../../../ui/format.ts';

/** A further or former position, as a contact carries it. */
export type Position = RowOf<typeof contact>['positions'][number];

/** The company that somebody works for: the main one, or else the only other one of today. */
export function employerOf(record: AnyRecord): Named | null {
  const positions = (record.positions as Position[] | undefined) ?? [];
  const current = positions.flatMap((position) => (isFormer(position) ? [] : (position.company ?? [])));
  return (record.company as Named | null) ?? (current.length === 1 ? current[0]! : null);
}

export const isFormer = ({ ended_on }: Position): boolean => ended_on !== null && ended_on < today();

/** "Feb 1, 2020 – Jun 30, 2022"; null when neither day is known. */
export function periodText({ started_on, ended_on }: Position): string | null {
  if (started_on && ended_on) return t('{from} – {to}', { from: formatDate(started_on), to: formatDate(ended_on) });
  if (started_on) return t('Since {date}', { date: formatDate(started_on) });
  return ended_on ? t('Until {date}', { date: formatDate(ended_on) }) : null;
}

/** What is said of a position beside its company or its person. */
export const positionText = (position: Position): string =>
  [position.role, periodText(position)].filter(Boolean).join(' · ');
