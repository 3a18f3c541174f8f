import { findType } from '../../../platform/record/recordTypes.ts';
import { inSentence, t } from '../../../text/text.ts';
import { formatList } from '../../../ui/format.ts';
import { type Rights, resourceGroups, type Scope, scopeText } from './rights.ts';

type Row = ReturnType<typeof resourceGroups>[number]['rows'][number];

const isRecord = ({ resource }: Row) => findType(resource) !== undefined || resource === 'task';
const records = () => resourceGroups().flatMap(({ rows }) => rows.filter(isRecord));
/** What belongs to all of the workspace, such as its stages and members. */
const sharedRows = () =>
  resourceGroups()
    .slice(-2)
    .flatMap(({ rows }) => rows.filter((row) => !isRecord(row)));

/** What a role allows, in a few sentences: which records it changes and sees, and what of the workspace it manages. */
export function roleSummary(rights: Rights): string {
  const scopeOf = ({ resource }: Row, action: 'read' | 'update') => rights[resource]?.[action] ?? 'none';
  const changed = byScope((row) => scopeOf(row, 'update'));
  const seen = byScope((row) => (scopeOf(row, 'update') === 'none' ? scopeOf(row, 'read') : 'none'));
  const shared = sharedRows();
  const managed = shared.filter(({ resource }) => rights[resource]?.update === 'all');
  const sentences = [
    ...changed.map(([scope, types]) => {
      if (scope === 'all') return t('Changes {types}.', { types });
      return scope === 'own'
        ? t('Changes their own {types}.', { types })
        : t('Changes {types} ({scope}).', { types, scope: inSentence(scopeText(scope)) });
    }),
    ...seen.map(([scope, types]) => {
      if (scope === 'all') return t('Sees {types}.', { types });
      return scope === 'own'
        ? t('Sees their own {types}.', { types })
        : t('Sees {types} ({scope}).', { types, scope: inSentence(scopeText(scope)) });
    }),
    managed.length === shared.length && t('Manages everything else.'),
    managed.length > 0 && managed.length < shared.length && t('Manages {types}.', { types: listed(managed) }),
  ];
  return sentences.filter(Boolean).join(' ') || t('Sees no records.');
}

/** An abbreviation keeps its capitals. */
const listed = (some: readonly Row[]): string =>
  formatList(some.map(({ label, within }) => within ?? (/^\p{Lu}{2}/u.test(label) ? label : inSentence(label))));

/** The scopes in which something is granted, each with the records that it is granted of. */
function byScope(scopeOf: (row: Row) => Scope): [Scope, string][] {
  const granted = records().filter((row) => scopeOf(row) !== 'none');
  return [...Map.groupBy(granted, scopeOf)].map(([scope, some]) => [scope, listed(some)]);
}
