/** What the live stream and the rights call a thing, and where the API keeps it. */
export const paths = {
  contact: '/contacts',
  company: '/companies',
  deal: '/deals',
  task: '/tasks',
  note: '/notes',
  comment: '/comments',
  attachment: '/attachments',
  activity: '/activities',
  user: '/users',
  role: '/roles',
  team: '/teams',
  invitation: '/invitations',
  pipeline: '/pipelines',
  stage: '/stages',
  product: '/products',
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
} as const;

export type Resource = keyof typeof paths;

export const isResource = (name: string): name is Resource => name in paths;
