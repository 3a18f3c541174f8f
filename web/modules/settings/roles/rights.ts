import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { RightOffered, role } from '../../../../src/kernel/identity/role/contract.ts';
import { productSettings } from '../../../app/settings/sections.ts';
import type { RightRow } from '../../../platform/product/manifest.ts';
import { recordTypes } from '../../../platform/record/recordTypes.ts';
import { titled } from '../../../text/names.ts';
import { t } from '../../../text/text.ts';
import { formatList } from '../../../ui/format.ts';

export type { RightOffered };

export const actions = ['read', 'create', 'update', 'delete'] as const;
export type RightsAction = (typeof actions)[number];
/** How much of a record somebody sees who does not see all of it. */
export const degrees = ['subject', 'exists'] as const;
type Degree = (typeof degrees)[number];

export type ScopeKind = RightOffered['kinds'][number];
/** `none`, `all`, or kinds with "+" between: one of them must hold. */
export type Scope = string;
export type Rights = Record<string, Partial<Record<RightsAction | Degree, Scope>>>;

export type Role = Omit<RowOf<typeof role>, 'rights' | 'key' | 'preset'> & {
  key: string;
  preset: boolean;
  rights: Rights;
};
export type AccountKind = NonNullable<Role['kind']>;

export const accountKinds: readonly { value: AccountKind; label: string; accounts: string }[] = [
  { value: 'member', label: t('Member'), accounts: t('Members') },
  { value: 'customer', label: t('Customer'), accounts: t('Customers') },
  { value: 'contractor', label: t('Contractor'), accounts: t('Contractors') },
  { value: 'device', label: t('Device'), accounts: t('Devices') },
];

interface RightGroup<Row extends RightRow> {
  label: string;
  rows: Row[];
}

export const resourceGroups = (): RightGroup<RightRow>[] => [
  {
    label: t('Records'),
    rows: [
      ...recordTypes()
        .filter(({ right, resource }) => right === resource)
        .map(({ resource, plural }) => ({ resource, label: plural })),
      { resource: 'task', label: t('Tasks') },
      { resource: 'note', label: t('Notes') },
      { resource: 'comment', label: t('Comments') },
      { resource: 'activity', label: t('Activities') },
      { resource: 'file', label: t('Files') },
      ...productSettings().flatMap(({ rights }) => rights?.records ?? []),
    ],
  },
  {
    label: t('In and out'),
    rows: [
      { resource: 'import', label: t('Imports') },
      { resource: 'saved_mapping', label: t('Saved mappings') },
      { resource: 'saved_view', label: t('Saved views') },
      { resource: 'export', label: t('Exports') },
    ],
  },
  {
    label: t('Vocabulary'),
    rows: [
      ...productSettings().flatMap(({ rights }) => rights?.vocabulary ?? []),
      { resource: 'tag', label: t('Tags') },
      { resource: 'custom_field', label: t('Custom fields'), within: t('custom fields') },
    ],
  },
  {
    label: t('Administration'),
    rows: [
      { resource: 'user', label: t('Members') },
      { resource: 'team', label: t('Teams') },
      { resource: 'role', label: t('Roles') },
      { resource: 'api_key', label: t('API keys') },
      { resource: 'webhook', label: t('Webhooks') },
      { resource: 'sign_in_provider', label: t('Sign-in providers') },
      { resource: 'tenant', label: t('Workspace') },
      { resource: 'job', label: t('Jobs') },
      { resource: 'usage', label: t('Usage') },
      { resource: 'log', label: t('Log') },
      { resource: 'audit', label: t('Audit log') },
    ],
  },
];

/**
 * What rights there are and what can be said of each, in the order of the page; those that it has no words for come
 * last.
 */
export function rightGroups(
  offered: readonly RightOffered[],
  kind: AccountKind,
): RightGroup<RightRow & RightOffered>[] {
  const left = new Map(offered.map((right) => [right.name, right]));
  const take = ({ resource, label }: RightRow) => {
    const right = left.get(resource);
    left.delete(resource);
    return right ? [{ ...right, resource, label }] : [];
  };
  const known = resourceGroups().map(({ label, rows }) => ({ label, rows: rows.flatMap(take) }));
  const others = [...left.keys()].flatMap((resource) => take({ resource, label: titled(resource) }));
  return [...known, { label: t('More'), rows: others }]
    .map((group) => ({ ...group, rows: group.rows.filter(({ outside }) => kind === 'member' || outside.length > 0) }))
    .filter(({ rows }) => rows.length > 0);
}

const kindLabels: Record<ScopeKind, string> = {
  own: t('Own'),
  team: t('Team’s'),
  household: t('Households they advise'),
  location: t('Their locations'),
  participant: t('Where they take part'),
};
export const labelOfKind = (kind: ScopeKind): string => kindLabels[kind] ?? kind;

/** A scope in words: "Own or their locations". */
export function scopeText(scope: Scope): string {
  if (scope === 'none') return t('No');
  if (scope === 'all') return t('All');
  // One's own come first, or "households they advise or own" would be read as one.
  const kinds = scope.split('+').sort((one, other) => Number(other === 'own') - Number(one === 'own'));
  const terms = kinds.map((term) => formatList(term.split('&').map(labelOfKind)));
  return formatList(terms, 'disjunction');
}

/** Whether a role of this kind may say anything of an action on what a right is about. */
export const isOffered = ({ outside }: RightOffered, action: RightsAction, kind: AccountKind): boolean =>
  kind === 'member' || outside.includes(action);

/** The kinds of rows that a right can be narrowed to. Others than members reach none through a team. */
export const kindsFor = ({ kinds }: RightOffered, kind: AccountKind): ScopeKind[] =>
  kinds.filter((each) => kind === 'member' || each !== 'team');

/** Whether a right can be for all rows: of what has owners only for members. */
export const isForAll = ({ kinds }: RightOffered, kind: AccountKind): boolean =>
  kind === 'member' || kinds.length === 0;

/**
 * A scope with one kind more or less, in the one spelling that the server takes. One's own rows are also one's team's.
 */
export function toggleKind(scope: Scope, kind: ScopeKind): Scope {
  const held = scope === 'none' || scope === 'all' ? [] : scope.split('+');
  const next = held.includes(kind) ? held.filter((each) => each !== kind) : [...held, kind];
  const spelled = next.filter((each) => each !== 'own' || !next.includes('team')).sort();
  return spelled.join('+') || 'none';
}

/** The matrix with one right changed; what is not named is not allowed. */
export function withScope(rights: Rights, resource: string, action: RightsAction | Degree, scope: Scope): Rights {
  return { ...rights, [resource]: { ...rights[resource], [action]: scope } };
}
