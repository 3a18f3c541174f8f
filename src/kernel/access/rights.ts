/**
 * The one table of rights: resource x action x scope. HTTP, the database's policies (through `app.full_scope` and its kin), the page and the
 * OpenAPI document all read it.
 */
export const resources = [
  'contact', 'company', 'deal', 'pipeline', 'product', 'scoring', 'tag', 'note', 'comment', 'task', 'activity', 'custom_field', 'saved_view',
  'saved_mapping', 'import', 'export', 'file', 'dashboard', 'sales_target', 'user', 'team', 'role', 'api_key', 'sign_in_provider', 'tenant', 'job', 'audit', 'usage',
] as const; // biome-ignore format: a list of words
export type ResourceName = (typeof resources)[number];

export const actions = ['read', 'create', 'update', 'delete'] as const;
export type Action = (typeof actions)[number];

export const scopes = ['none', 'own', 'team', 'all'] as const;
export type Scope = (typeof scopes)[number];

/** Resources whose rows have an owner, so that 'own' and 'team' mean something. Others know only 'all' and 'none'. */
export const ownedResources: ReadonlySet<ResourceName> = new Set([
  'contact', 'company', 'deal', 'task', 'note', 'comment', 'activity', 'file', 'import', 'export', 'api_key', 'saved_view', 'dashboard',
]); // biome-ignore format: a list of words

/** What a role may do with a custom field that not everybody may see or change. */
export type FieldLimit = 'none' | 'read';

export type Rights = { [R in ResourceName]?: { [A in Action]?: Scope } } & {
  '*'?: 'all';
  /** By noun and key, `contact.salary`; fields that are not named are open. */
  fields?: Record<string, FieldLimit>;
};

export function scopeOf(rights: Rights, resource: ResourceName, action: Action): Scope {
  return rights['*'] ?? rights[resource]?.[action] ?? 'none';
}

const texts = new WeakMap<Rights, string>();

/**
 * As the database reads it in `app.full_scope` and its kin: `;contact.read=all;contact.update=own;`, or `*` for the program itself. What is not
 * allowed is not named: `app.some_scope` takes whatever is.
 */
export function rightsText(rights: Rights): string {
  if (rights['*']) return '*';
  const known = texts.get(rights);
  if (known !== undefined) return known;
  let text = ';';
  for (const resource of resources) {
    for (const action of actions) {
      const scope = scopeOf(rights, resource, action);
      if (scope !== 'none') text += `${resource}.${action}=${scope};`;
    }
  }
  for (const [field, limit] of Object.entries(rights.fields ?? {})) text += `field.${field}=${limit};`;
  texts.set(rights, text);
  return text;
}

/** Whether somebody may see a custom field, change it, or neither. */
export function fieldAccess(rights: Rights, resource: string, key: string): 'all' | FieldLimit {
  return rights.fields?.[`${resource}.${key}`] ?? 'all';
}

/** The wider of two scopes wins: a person with two roles may what either allows. */
export function mergeRights(all: Rights[]): Rights {
  if (all.some((r) => r['*'])) return { '*': 'all' };
  const merged: Rights = {};
  for (const rights of all) {
    for (const resource of resources) {
      for (const action of actions) {
        const scope = rights[resource]?.[action];
        if (!scope) continue;
        merged[resource] ??= {};
        const entry = merged[resource];
        if (scopes.indexOf(scope) > scopes.indexOf(entry[action] ?? 'none')) entry[action] = scope;
      }
    }
  }
  const [first = {}, ...others] = all.map(({ fields = {} }) => fields);
  const limited = Object.keys(first).filter((field) => others.every((fields) => fields[field]));
  if (limited.length > 0)
    merged.fields = Object.fromEntries(
      limited.map((field) => [field, all.some(({ fields }) => fields?.[field] === 'read') ? 'read' : 'none']),
    );
  return merged;
}

const records: ResourceName[] = ['contact', 'company', 'deal', 'note', 'task', 'activity'];
const vocabulary: ResourceName[] = ['pipeline', 'product', 'scoring', 'tag', 'custom_field'];
const people: ResourceName[] = ['user', 'team'];

type Grant = [ResourceName[], Partial<Record<Action, Scope>>];

function rightsOf(...grants: Grant[]): Rights {
  const rights: Rights = {};
  for (const [names, scope] of grants) for (const name of names) rights[name] = { ...rights[name], ...scope };
  return rights;
}

const full = { read: 'all', create: 'all', update: 'all', delete: 'all' } as const;
const ownWork = { read: 'own', create: 'own', update: 'own', delete: 'own' } as const;
const readAll = { read: 'all' } as const;
/** Everybody's figures; dashboards of one's own. */
const figures: Grant[] = [
  [['dashboard'], { ...ownWork, read: 'all' }],
  [['sales_target'], readAll],
];
/** What one says is one's own; who may read the record may read it. */
const ownWords = { read: 'all', create: 'all', update: 'own', delete: 'own' } as const;

/** All there is: what makes an administrator. */
export const administratorRights = rightsOf([[...resources], full]);

/** The roles every tenant starts with. Operator, support, kiosk, customer and contractor gain their desk rights with that module. */
export const presetRoles: { key: string; name: string; rights: Rights }[] = [
  { key: 'admin', name: 'Administrator', rights: administratorRights },
  {
    key: 'manager',
    name: 'Manager',
    rights: rightsOf(
      [[...records, 'file', 'import', 'export', 'saved_mapping', 'saved_view'], full],
      [vocabulary, full],
      [['comment'], { ...ownWords, delete: 'all' }],
      [[...people, 'role', 'tenant', 'audit', 'job'], readAll],
      [['dashboard', 'sales_target'], full],
      [['api_key'], ownWork],
    ),
  },
  {
    key: 'member',
    name: 'Member',
    rights: rightsOf(
      [records, { read: 'all', create: 'all', update: 'all', delete: 'own' }],
      [['comment'], ownWords],
      [['file', 'import', 'export', 'api_key', 'saved_view'], ownWork],
      [['saved_mapping'], full],
      [['tag'], { read: 'all', create: 'all' }],
      [['pipeline', 'product', 'scoring', 'custom_field', ...people, 'role', 'tenant'], readAll],
      ...figures,
    ),
  },
  {
    key: 'advisor',
    name: 'Adviser',
    rights: rightsOf(
      [records, ownWork],
      [['comment'], ownWords],
      [['file', 'export', 'saved_view'], ownWork],
      [[...vocabulary, ...people, 'tenant'], readAll],
      ...figures,
    ),
  },
  {
    key: 'viewer',
    name: 'Viewer',
    rights: rightsOf([[...records, 'comment', ...vocabulary, ...people, 'tenant'], readAll], ...figures, [
      ['saved_view'],
      ownWork,
    ]),
  },
  {
    key: 'operator',
    name: 'Operator',
    rights: rightsOf(
      [['contact', 'company', 'note', 'task', 'activity'], { read: 'all', create: 'all', update: 'all' }],
      [['comment'], ownWords],
      [['file', 'saved_view'], ownWork],
      [['tag', 'custom_field', ...people, 'tenant'], readAll],
    ),
  },
  {
    key: 'support',
    name: 'Support',
    rights: rightsOf(
      [['contact', 'company'], { read: 'all', update: 'all' }],
      [['note', 'comment', 'task', 'activity'], { read: 'all', create: 'all', update: 'own', delete: 'own' }],
      [['file', 'saved_view'], ownWork],
      [['tag', 'custom_field', ...people, 'tenant'], readAll],
    ),
  },
  {
    key: 'contractor',
    name: 'Contractor',
    rights: rightsOf([['task', 'file'], { read: 'own', update: 'own' }], [['tenant'], readAll]),
  },
  {
    key: 'kiosk',
    name: 'Kiosk',
    rights: rightsOf([['contact'], { create: 'own', read: 'own' }], [['tenant'], readAll]),
  },
  { key: 'customer', name: 'Customer', rights: rightsOf([['tenant'], readAll]) },
];
