import { messageOf } from '../../../platform/query/problem.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { t } from '../../../text/text.ts';
import { type Rule, useRulePreview } from './rule.ts';

/** "Matches 12 of 340 open deals", or why it cannot be asked. */
export function RuleMatches({ resource, filter }: { resource: Rule['resource']; filter: Filter | null }) {
  const preview = useRulePreview(resource, filter);
  if (filter === null) return t('Press “Filter” to choose which ones');
  if (preview.error) return <span className="text-bad-ink">{messageOf(preview.error)}</span>;
  if (!preview.data) return t('Counting…');
  const { matches, total, is_exact } = preview.data;
  const counts = { noun: resource, matches, total, more: is_exact ? 'no' : 'yes' };
  return t(
    'Matches {matches, number} of {more, select, yes {more than } other {}}{total, number} {noun, select, contact {{total, plural, one {contact} other {contacts}}} other {{total, plural, one {open deal} other {open deals}}}}',
    counts,
  );
}
