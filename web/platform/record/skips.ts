import type { Change } from '../../../src/platform/change/contract.ts';
import type { Skip } from '../../../src/platform/undo/contract.ts';
import { t, translateServerText } from '../../text/text.ts';
import { formatList } from '../../ui/format.ts';
import { fieldWords } from './fieldWords.ts';
import { wordsOf } from './recordTypes.ts';

const named_max = 3;
const samples_shown_max = 3;

/** What a change left as it is, and why. */
export function leftWords({ skipped, skipped_samples: samples }: Change): string {
  const [first] = samples;
  const what =
    skipped === 1 && first?.fields
      ? t('{count, plural, one {{fields} stays unchanged.} other {{fields} stay unchanged.}}', {
          count: first.fields.length,
          fields: formatList(first.fields.map((field) => fieldWords(first.resource, field))),
        })
      : t('{count, plural, other {# left unchanged{names}.}}', {
          count: skipped,
          names: samplesNamed(samples),
        });
  return [what, ...reasonsOf(samples)].join(' ');
}

function samplesNamed(samples: readonly Skip[]): string {
  const names = samples.flatMap(({ name }) => name ?? []).slice(0, samples_shown_max);
  return names.length > 0 ? `: ${names.join(', ')}${samples.length > names.length ? ' …' : ''}` : '';
}

/** Why records were left as they are, each reason once. */
export function reasonsOf(skips: readonly Skip[]): string[] {
  const referring = skips.flatMap(({ referenced_by }) => referenced_by ?? []);
  const others = skips.filter(({ referenced_by }) => !referenced_by);
  return [
    ...new Set(others.map(({ reason }) => translateServerText(reason))),
    ...(referring.length > 0
      ? [t('Other records still refer to it: {names}.', { names: formatList(namesOf(referring)) })]
      : []),
  ];
}

/**
 * What refers to some records: a few by name. How many more there are is known of one record alone: several may have
 * the same.
 */
function namesOf(referring: readonly NonNullable<Skip['referenced_by']>[]): string[] {
  const records = new Map(referring.flatMap(({ records }) => records).map((record) => [record.id, record]));
  const named = [...records.values()]
    .slice(0, named_max)
    .map(({ resource, name }) => t('{name} ({type})', { name, type: wordsOf(resource).type }));
  const count = records.size - named.length + referring.reduce((sum, { others }) => sum + others, 0);
  if (count === 0) return named;
  if (referring.length > 1) return [...named, t('others')];
  if (named.length === 0) return [t('{count, plural, one {# record} other {# records}}', { count })];
  return [...named, t('{count, plural, one {# other record} other {# other records}}', { count })];
}
