import { kinds, type Scope, union } from './scope.ts';

/**
 * The one table of rights: resource x action x scope. HTTP, the policies of the database (through `app.full_scope` and
 * related functions), the page and the OpenAPI document all read it. The kernel declares its own rights
 * (kernel-rights.ts), each module those of its record types.
 */

/**
 * The names of all rights: those of the kernel, and what modules add by `declare module '…/kernel/access/rights.ts' {
 * interface RightNames { … } }`.
 */
export interface RightNames {
  file: true;
  user: true;
  team: true;
  role: true;
  api_key: true;
  sign_in_provider: true;
  tenant: true;
  job: true;
  audit: true;
  log: true;
  usage: true;
  reveal: true;
}
export type ResourceName = keyof RightNames & string;

export const actions = ['read', 'create', 'update', 'delete'] as const;
export type Action = (typeof actions)[number];

/** The scopes that every right with an owner has; `scope.ts` has the others. */
export const scopes = ['none', 'own', 'team', 'all'] as const;
export type { Scope };

/**
 * How much of a record somebody sees, where a record type has degrees: that it exists, its subject, or, by `read`,
 * everything. Each degree has a scope of its own; a wider degree includes the narrower ones.
 */
export const degrees = ['exists', 'subject'] as const;
export type Degree = (typeof degrees)[number];

export type Grant = { [A in Action | Degree]?: Scope };

/** The roles that every workspace starts with. Customers gain their rights with the modules that are for them. */
const presets = {
  admin: 'Administrator',
  manager: 'Manager',
  member: 'Member',
  advisor: 'Adviser',
  assistant: 'Assistant',
  viewer: 'Viewer',
  operator: 'Operator',
  support: 'Support',
  contractor: 'Contractor',
  kiosk: 'Kiosk',
  customer: 'Customer',
} as const;
/** Administrators have every right there is. */
export type PresetRole = Exclude<keyof typeof presets, 'admin'>;

/**
 * Kinds of accounts. Customers, contractors and devices have roles of their own kind, and no right that only members
 * have.
 */
export const accountKinds = ['member', 'customer', 'contractor', 'device'] as const;
export type AccountKind = (typeof accountKinds)[number];
const kindOfPreset: Partial<Record<keyof typeof presets, AccountKind>> = {
  contractor: 'contractor',
  kiosk: 'device',
  customer: 'customer',
};

/** A right, as declared by the module whose records it is about. */
export interface Right {
  name: ResourceName;
  /** Its rows have an owner, so that 'own' and 'team' mean something. Others know only 'all' and 'none'. */
  owned?: boolean;
  /**
   * The actions that customers, contractors and devices may have: on their own records or those they reach through a
   * group, never with the scopes all or team.
   */
  outside?: readonly Action[];
  /** The grants of the preset roles; those not named get none. */
  roles?: Partial<Record<PresetRole, Grant>>;
}

const declared = new Map<string, Right>();

export function declareRights(rights: readonly Right[]): void {
  const names = [...declared.keys(), ...rights.map(({ name }) => name)];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new Error(`The right "${twice}" is declared twice`);
  for (const right of rights) declared.set(right.name, right);
}

/**
 * In the order of declaration. Throws while none are declared: roles and sessions made then would silently have no
 * rights.
 */
export function rightNames(): ResourceName[] {
  if (declared.size === 0) throw new Error('No rights are declared yet: import src/modules/index.ts first');
  return [...declared.keys()] as ResourceName[];
}
export const isRight = (name: string): name is ResourceName => declared.has(name);
/** What others than members may have of a right. */
export const outsideActions = (name: string): readonly Action[] => declared.get(name)?.outside ?? [];
export const isOwned = (name: string): boolean => declared.get(name)?.owned === true;

/** What a role may do with a custom field that not everybody may see or change. */
export type FieldLimit = 'none' | 'read';

export type Rights = { [R in ResourceName]?: Grant } & {
  '*'?: 'all';
  /** By record type and key, `contact.salary`; fields that are not named are open. */
  fields?: Record<string, FieldLimit>;
  /**
   * An account that is no member's, or a key of a role for such: a customer's, a contractor's or a device's
   * (`app.is_member`).
   */
  outside?: true;
};

export function scopeOf(rights: Rights, resource: ResourceName, action: Action | Degree): Scope {
  if (rights['*']) return 'all';
  const given = rights[resource];
  const scope = given?.[action] ?? 'none';
  if (action === 'exists') return union(scope, scopeOf(rights, resource, 'subject'));
  return action === 'subject' ? union(scope, given?.read ?? 'none') : scope;
}

const texts = new WeakMap<Rights, string>();

/**
 * The text that `app.full_scope` and related functions read: `;contact.read=all;contact.update=own;`, or `*` for the
 * program itself. Rights that are not granted are left out: `app.some_scope` looks for names alone.
 */
export function rightsText(rights: Rights): string {
  if (rights['*']) return '*';
  const known = texts.get(rights);
  if (known !== undefined) return known;
  let text = ';';
  for (const resource of rightNames()) {
    for (const action of actions) {
      const scope = scopeOf(rights, resource, action);
      if (scope !== 'none') text += `${resource}.${action}=${scope};`;
    }
    for (const degree of degrees) {
      const scope = rights[resource]?.[degree] ?? 'none';
      if (scope !== 'none') text += `${resource}.${degree}=${scope};`;
    }
  }
  for (const [field, limit] of Object.entries(rights.fields ?? {})) text += `field.${field}=${limit};`;
  if (rights.outside) text += 'outside;';
  texts.set(rights, text);
  return text;
}

/** Whether somebody may see a custom field, change it, or neither. */
export function fieldAccess(rights: Rights, resource: string, key: string): 'all' | FieldLimit {
  return rights.fields?.[`${resource}.${key}`] ?? 'all';
}

/** A person with two roles may what either allows. */
export function mergeRights(all: Rights[]): Rights {
  if (all.some((r) => r['*'])) return { '*': 'all' };
  const merged: Rights = {};
  for (const rights of all) {
    for (const resource of rightNames()) {
      for (const action of [...actions, ...degrees]) {
        const scope = rights[resource]?.[action];
        if (!scope || scope === 'none') continue;
        merged[resource] ??= {};
        const entry = merged[resource];
        entry[action] = union(entry[action] ?? 'none', scope);
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

export const full = { read: 'all', create: 'all', update: 'all', delete: 'all' } as const satisfies Grant;
export const ownWork = { read: 'own', create: 'own', update: 'own', delete: 'own' } as const satisfies Grant;
export const readAll = { read: 'all' } as const satisfies Grant;

/** For records that people work on together. */
export const recordRights = {
  manager: full,
  member: { read: 'all', create: 'all', update: 'all', delete: 'own' },
  advisor: ownWork,
  assistant: ownWork,
  viewer: readAll,
} as const satisfies Right['roles'];

/** For the vocabulary of a workspace, such as tags and stages, which everybody reads. */
export const vocabularyRights = {
  manager: full,
  member: readAll,
  advisor: readAll,
  assistant: readAll,
  viewer: readAll,
} as const satisfies Right['roles'];

/** Every right there is. */
export const administratorRights = (): Rights => Object.fromEntries(rightNames().map((name) => [name, full]));

export const presetRoles = (): { key: string; name: string; kind: AccountKind; rights: Rights }[] =>
  Object.entries(presets).map(([key, name]) => ({
    key,
    name,
    kind: kindOfPreset[key as keyof typeof presets] ?? 'member',
    rights: key === 'admin' ? administratorRights() : rightsOfPreset(key as PresetRole),
  }));

function rightsOfPreset(role: PresetRole): Rights {
  const granted = [...declared.values()].flatMap(({ name, roles }) => (roles?.[role] ? [[name, roles[role]]] : []));
  return Object.fromEntries(granted);
}

const reachedOutside = () => kinds.filter((kind) => kind !== 'team').reduce<Scope>(union, 'none');

const outsideGrants = (scopeFor: (right: Right) => Scope): Rights =>
  Object.fromEntries(
    [...declared.values()].flatMap((right) => {
      const { name, outside = [] } = right;
      return outside.length > 0 ? [[name, Object.fromEntries(outside.map((action) => [action, scopeFor(right)]))]] : [];
    }),
  );

/**
 * The most that a customer, a contractor or a device may have: what is theirs or their groups', never all of anything.
 */
export const outsideRights = (): Rights => ({ ...outsideGrants(reachedOutside), outside: true });

/**
 * The most that a role for them may say. Of what has no owner that is `all`, of which they get what they reach: so
 * roles were stored.
 */
export const outsideRoleRights = (): Rights => outsideGrants(({ owned }) => (owned ? reachedOutside() : 'all'));

/**
 * Resources, of routes and of the audit trail, that decide what people may do: after a change of these, no rights that
 * were looked up before are used. The tenant itself may demand a second factor.
 */
export const rights_resources: ReadonlySet<string> = new Set([
  'role',
  'user_role',
  'user',
  'team',
  'team_member',
  'custom_field',
  'api_key',
  'tenant',
]);
