import type { Scope } from '../../../app/session.tsx';

export const actions = ['read', 'create', 'update', 'delete'] as const;
export type RightsAction = (typeof actions)[number];

export type Rights = Record<string, Partial<Record<RightsAction, Scope>>>;

interface ResourceRow {
  resource: string;
  label: string;
  /** Whether its records have an owner, so that own and team mean something. */
  owned?: boolean;
}

export const resourceGroups: { label: string; rows: ResourceRow[] }[] = [
  {
    label: 'Records',
    rows: [
      { resource: 'contact', label: 'Contacts', owned: true },
      { resource: 'company', label: 'Companies', owned: true },
      { resource: 'deal', label: 'Deals', owned: true },
      { resource: 'task', label: 'Tasks', owned: true },
      { resource: 'note', label: 'Notes', owned: true },
      { resource: 'comment', label: 'Comments', owned: true },
      { resource: 'activity', label: 'Activities', owned: true },
      { resource: 'file', label: 'Files', owned: true },
      { resource: 'dashboard', label: 'Dashboards', owned: true },
      { resource: 'sales_target', label: 'Targets' },
    ],
  },
  {
    label: 'In and out',
    rows: [
      { resource: 'import', label: 'Imports', owned: true },
      { resource: 'saved_mapping', label: 'Saved mappings' },
      { resource: 'saved_view', label: 'Saved views' },
      { resource: 'export', label: 'Exports', owned: true },
    ],
  },
  {
    label: 'Vocabulary',
    rows: [
      { resource: 'pipeline', label: 'Pipelines and stages' },
      { resource: 'product', label: 'Products' },
      { resource: 'scoring', label: 'Lead scoring' },
      { resource: 'tag', label: 'Tags' },
      { resource: 'custom_field', label: 'Custom fields' },
    ],
  },
  {
    label: 'Administration',
    rows: [
      { resource: 'user', label: 'Members' },
      { resource: 'team', label: 'Teams' },
      { resource: 'role', label: 'Roles' },
      { resource: 'api_key', label: 'API keys', owned: true },
      { resource: 'sign_in_provider', label: 'Sign-in providers' },
      { resource: 'tenant', label: 'Workspace' },
      { resource: 'job', label: 'Jobs' },
      { resource: 'audit', label: 'Audit log' },
    ],
  },
];

export const scopeLabels: Record<Scope, string> = { none: 'No', own: 'Own', team: 'Team’s', all: 'All' };

export const scopesFor = (owned: boolean | undefined): Scope[] =>
  owned ? ['none', 'own', 'team', 'all'] : ['none', 'all'];

/** The matrix with one right changed; what is not named is not allowed. */
export function withScope(rights: Rights, resource: string, action: RightsAction, scope: Scope): Rights {
  return { ...rights, [resource]: { ...rights[resource], [action]: scope } };
}
