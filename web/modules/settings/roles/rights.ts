import type { Scope } from '../../../app/session.tsx';
import { t } from '../../../text/text.ts';

export const actions = ['read', 'create', 'update', 'delete'] as const;
export type RightsAction = (typeof actions)[number];

export type Rights = Record<string, Partial<Record<RightsAction, Scope>>>;

export interface Role {
  id: string;
  version: number;
  key: string;
  name: string;
  preset: boolean;
  rights: Rights;
}

interface ResourceRow {
  resource: string;
  label: string;
  /** Whether its records have an owner, so that own and team mean something. */
  owned?: boolean;
}

export const resourceGroups: { label: string; rows: ResourceRow[] }[] = [
  {
    label: t('Records'),
    rows: [
      { resource: 'contact', label: t('Contacts'), owned: true },
      { resource: 'company', label: t('Companies'), owned: true },
      { resource: 'deal', label: t('Deals'), owned: true },
      { resource: 'task', label: t('Tasks'), owned: true },
      { resource: 'note', label: t('Notes'), owned: true },
      { resource: 'comment', label: t('Comments'), owned: true },
      { resource: 'activity', label: t('Activities'), owned: true },
      { resource: 'file', label: t('Files'), owned: true },
      { resource: 'dashboard', label: t('Dashboards'), owned: true },
      { resource: 'sales_target', label: t('Targets') },
    ],
  },
  {
    label: t('In and out'),
    rows: [
      { resource: 'import', label: t('Imports'), owned: true },
      { resource: 'saved_mapping', label: t('Saved mappings') },
      { resource: 'saved_view', label: t('Saved views') },
      { resource: 'export', label: t('Exports'), owned: true },
    ],
  },
  {
    label: t('Vocabulary'),
    rows: [
      { resource: 'pipeline', label: t('Pipelines and stages') },
      { resource: 'product', label: t('Products') },
      { resource: 'scoring', label: t('Lead scoring') },
      { resource: 'tag', label: t('Tags') },
      { resource: 'custom_field', label: t('Custom fields') },
    ],
  },
  {
    label: t('Administration'),
    rows: [
      { resource: 'user', label: t('Members') },
      { resource: 'team', label: t('Teams') },
      { resource: 'role', label: t('Roles') },
      { resource: 'api_key', label: t('API keys'), owned: true },
      { resource: 'sign_in_provider', label: t('Sign-in providers') },
      { resource: 'tenant', label: t('Workspace') },
      { resource: 'job', label: t('Jobs') },
      { resource: 'usage', label: t('Usage') },
      { resource: 'audit', label: t('Audit log') },
    ],
  },
];

export const scopeLabels: Record<Scope, string> = {
  none: t('No'),
  own: t('Own'),
  team: t('Team’s'),
  all: t('All'),
};

export const scopesFor = (owned: boolean | undefined): Scope[] =>
  owned ? ['none', 'own', 'team', 'all'] : ['none', 'all'];

/** The matrix with one right changed; what is not named is not allowed. */
export function withScope(rights: Rights, resource: string, action: RightsAction, scope: Scope): Rights {
  return { ...rights, [resource]: { ...rights[resource], [action]: scope } };
}
