import type { z } from 'zod';
import type { archivedChanges } from '../../../../src/operations/lifecycle/contract.ts';
import { t } from '../../../text/text.ts';
import { formatMonth } from '../../../ui/format.ts';

export type Archived = z.infer<typeof archivedChanges>;

/**
 * Where the changes of a record are that its timeline does not have, the latest first. One part of them may be here and
 * another there.
 */
export function archivedTexts({ archived_before, deleted_before, elsewhere_before }: Archived): string[] {
  const monthOf = (moment: string) => formatMonth(moment.slice(0, 10));
  const parts = [
    [archived_before, (month: string) => t('Changes before {month} are in the archive.', { month })],
    [
      elsewhere_before,
      (month: string) => t('Changes before {month} are in the workspace that this one was created from.', { month }),
    ],
    [deleted_before, (month: string) => t('Changes before {month} were deleted after their time.', { month })],
  ] as const;
  return parts
    .flatMap(([before, say]) => (before ? { before, text: say(monthOf(before)) } : []))
    .sort((one, other) => Date.parse(other.before) - Date.parse(one.before))
    .map(({ text }) => text);
}
