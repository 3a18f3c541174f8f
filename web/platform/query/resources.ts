interface ResourceDef {
  /** Where the API keeps it. */
  path: string;
  /**
   * People work with it all day, as opposed to settings: record types with a list of their own, and what hangs on their
   * records.
   */
  isWorkedWith?: true;
  /** May stay in the browser for work without a network, as all that people work with may. */
  isKept?: true;
  rights?: RightsOf;
}

/** What a record type says in its contract of who may do what with its records. */
interface RightsOf {
  right: string;
  /** Its records are never changed nor deleted, whatever somebody may. */
  isFixed: boolean;
}

/**
 * As the live stream and the rights call them: what every workspace has. Products declare theirs in their manifests.
 */
const declared = new Map<Resource, ResourceDef>(
  Object.entries<ResourceDef>({
    note: { path: '/notes', isWorkedWith: true },
    comment: { path: '/comments', isWorkedWith: true },
    attachment: { path: '/attachments' },
    activity: { path: '/activities', isWorkedWith: true },
    tag: { path: '/tags', isKept: true },
    user: { path: '/users', isKept: true },
    role: { path: '/roles' },
    team: { path: '/teams' },
    invitation: { path: '/invitations' },
    custom_field: { path: '/custom-fields', isKept: true },
    saved_view: { path: '/saved-views', isKept: true },
    import: { path: '/imports' },
    export: { path: '/exports' },
    api_key: { path: '/api-keys' },
    session: { path: '/sessions' },
    audit_event: { path: '/audit-events' },
    job: { path: '/jobs' },
    sign_in_provider: { path: '/sign-in-providers' },
    webhook: { path: '/webhooks' },
  }),
);

/** As the API names it: `contact`, `saved_view`. */
export type Resource = string;

export const declareResource = (resource: Resource, said: ResourceDef): void => void declared.set(resource, said);

/** Whose right counts for an action on a record; null: nobody's does. */
export function rightFor(resource: Resource, action: string): string | null {
  const said = declared.get(resource)?.rights;
  if (said?.isFixed && (action === 'update' || action === 'delete')) return null;
  return said?.right ?? resource;
}

export const isWorkedWith = (resource: Resource): boolean => declared.get(resource)?.isWorkedWith ?? false;

/** Whether it may stay in the browser. */
export const isKept = (resource: Resource): boolean =>
  isWorkedWith(resource) || (declared.get(resource)?.isKept ?? false);

export const isResource = (name: string): boolean => declared.has(name);

export function pathOf(resource: Resource): string {
  const path = declared.get(resource)?.path;
  if (!path) throw new Error(`Nothing says where the API keeps ${resource}`);
  return path;
}

/** Tables have the names of record types; that of people is the one whose name was taken. */
export const resourceOf = (table: string): Resource => (table === 'user_account' ? 'user' : table);
