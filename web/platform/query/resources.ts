/** What the live stream and the rights call a thing, and where the API keeps it. */
const paths: Record<string, string> = {
  task: '/tasks',
  note: '/notes',
  comment: '/comments',
  attachment: '/attachments',
  activity: '/activities',
  user: '/users',
  role: '/roles',
  team: '/teams',
  invitation: '/invitations',
  deal_product: '/deal-products',
  pipeline: '/pipelines',
  stage: '/stages',
  close_reason: '/close-reasons',
  tag: '/tags',
  custom_field: '/custom-fields',
  scoring_rule: '/scoring-rules',
  currency_rate: '/currency-rates',
  saved_view: '/saved-views',
  dashboard: '/dashboards',
  dashboard_tile: '/dashboard-tiles',
  sales_target: '/sales-targets',
  import: '/imports',
  export: '/exports',
  api_key: '/api-keys',
  session: '/sessions',
  audit_event: '/audit-events',
  job: '/jobs',
  sign_in_provider: '/sign-in-providers',
  webhook: '/webhooks',
};

/** As the API names it: `contact`, `saved_view`. */
export type Resource = string;

/** What people work with all day, as opposed to settings: record types with a list of their own, and what hangs on their records. */
const worked_with = new Set<Resource>(['task', 'note', 'comment', 'activity']);

/** What a record type says in its contract of who may do what with its records. */
interface RightsOf {
  right: string;
  /** Its records are never changed nor deleted, whatever somebody may. */
  isFixed: boolean;
}
const rights: Record<Resource, RightsOf> = {};

/** Where the API keeps a record type, which its definition says. */
export function declareRecordType(resource: Resource, path: string, said: RightsOf): void {
  paths[resource] = path;
  rights[resource] = said;
  worked_with.add(resource);
}

/** Whose right counts for an action on a record; null: nobody's does. */
export function rightFor(resource: Resource, action: string): string | null {
  const said = rights[resource];
  if (said?.isFixed && (action === 'update' || action === 'delete')) return null;
  return said?.right ?? resource;
}

export const isWorkedWith = (resource: Resource): boolean => worked_with.has(resource);

export const isResource = (name: string): boolean => name in paths;

export function pathOf(resource: Resource): string {
  const path = paths[resource];
  if (!path) throw new Error(`Nothing says where the API keeps ${resource}`);
  return path;
}
