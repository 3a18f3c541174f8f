import type { Page } from 'playwright-core';
import { settled } from '../e2e/browser.ts';
import { pageRoutes } from '../e2e/routes.ts';
import { offlineScenes } from './offline-scenes.ts';
import { sellingScenes } from './selling-scenes.ts';
import { beginningWith, inSentence, said } from './words.ts';
import type { Workspace } from './workspaces.ts';

export type State = 'demo' | 'empty' | 'error' | 'offline';

/** One picture: an address, and what one does there before looking. */
export interface Scene {
  name: string;
  /** With `$id` or `$token` for what the workspace knows by that name. */
  path: string;
  act?(page: Page, workspace: Workspace): Promise<void>;
  /** Sends the form that `act` opened: with an error, the picture is of its answer. */
  submit?: string;
  /** Looked at by somebody who is not signed in. */
  stranger?: true;
  /** Without it `error` alone may fail: here the server's refusal belongs to the picture. */
  refused?: true;
  /** In these alone. Without: in all but `offline`, in which few pages differ. */
  states?: readonly State[];
}

const all_states: readonly State[] = ['demo', 'empty', 'error'];
export const statesOf = ({ states = all_states }: Scene): readonly State[] => states;

const press = (name: string | RegExp) => async (page: Page) =>
  page.getByRole('button', { name, exact: true }).filter({ visible: true }).first().click();

const nameOf = (route: string) => route.slice(1).replaceAll(/[^\w-]+/g, '-') || 'home';
const strangers = [
  '/sign-in',
  '/sign-in/link',
  '/invitation',
  '/password-reset',
  '/confirm-email',
  '/connect-account',
  '/unsubscribe',
];

/** Every address there is, as it opens. */
function plainScenes(): Scene[] {
  return pageRoutes().map((path) => ({
    name: nameOf(path.replace('$id', 'record')),
    path,
    ...(strangers.includes(path) && { stranger: true as const }),
  }));
}

/** In a form of the settings. */
const forms: Record<string, [button: string, submit?: string]> = {
  members: ['Invite'],
  teams: ['New team', 'Create team'],
  roles: ['New role'],
  pipelines: ['New pipeline', 'Create pipeline'],
  tags: ['New tag', 'Create tag'],
  'api-keys': ['New key', 'Create key'],
  'custom-fields': ['New field', 'Create field'],
  scoring: ['New rule', 'Create rule'],
  'currency-rates': ['New rate', 'Create rate'],
  'close-reasons': ['New close reason', 'Create close reason'],
  'sign-in': ['New provider', 'Create provider'],
};

const settingsForms = Object.entries(forms).map(
  ([section, [button, submit]]): Scene => ({
    name: `settings-${section}-new`,
    path: `/settings/${section}`,
    act: press(said(button)),
    submit: submit && said(submit),
  }),
);

/** Why a deal scores what it does. */
const scoreReasons: Scene = {
  name: 'deals-score',
  path: '/deals/$id',
  act: press(beginningWith('{score, number} of 100')),
  states: ['demo'],
};

const above = encodeURIComponent(JSON.stringify({ field: 'amount', op: 'gte', value: '1250.50' }));

const recordParts = [
  ['contacts', 'Contact'],
  ['companies', 'Company'],
  ['deals', 'Deal'],
  ['products', 'Product'],
].flatMap(([many, type]): Scene[] => [
  { name: `${many}-panel`, path: `/${many}?layout=table&open=$id`, states: ['demo', 'error'] },
  {
    name: `${many}-new`,
    path: `/${many}?layout=table&create=true`,
    act: async () => {},
    submit: said('Create {type}', { type: inSentence(said(type!)) }),
  },
  { name: `${many}-related`, path: `/${many}/$id`, act: showTab(said('Related')) },
  { name: `${many}-timeline`, path: `/${many}/$id`, act: showTab(said('Timeline')) },
  { name: `${many}-not-here`, path: `/${many}/01a00000-0000-7000-8000-000000000000`, refused: true, states: ['demo'] },
]);

function showTab(name: string) {
  return async (page: Page) => {
    const tab = page.getByRole('tab', { name });
    if (await tab.isVisible()) await tab.click();
  };
}

const variants: Scene[] = [
  ...recordParts,
  ...settingsForms,
  scoreReasons,
  { name: 'design-rtl', path: '/design?dir=rtl', states: ['demo'] },
  { name: 'nothing-here', path: '/nothing/here', states: ['demo'] },
  { name: 'palette', path: '/', act: openPalette },
  { name: 'palette-search', path: '/', act: search },
  { name: 'shortcuts', path: '/', act: askHelp, states: ['demo'] },
  { name: 'deals-board', path: '/deals?layout=board' },
  { name: 'deals-table', path: '/deals?layout=table' },
  { name: 'deals-calendar', path: '/deals?layout=calendar&view=all' },
  { name: 'deals-by-owner', path: '/deals?layout=board&by=owner_id&view=open', states: ['demo'] },
  { name: 'contacts-board', path: '/contacts?layout=board', states: ['demo', 'error'] },
  { name: 'contacts-grouped', path: '/contacts?group=lifecycle_stage', states: ['demo', 'error'] },
  { name: 'deals-grouped', path: '/deals?layout=table&view=all&group=expected_close_on', states: ['demo'] },
  { name: 'deals-week', path: '/deals?layout=calendar&view=all&span=week', states: ['demo'] },
  { name: 'contacts-selected', path: '/contacts', act: select, states: ['demo'] },
  { name: 'deals-move-many', path: '/deals?layout=table', act: openBulk(said('Move')), states: ['demo'] },
  { name: 'contacts-to-pipeline', path: '/contacts', act: openBulk(said('Add to pipeline')), states: ['demo'] },
  {
    name: 'contacts-filtered',
    path: `/contacts?filter=${encodeURIComponent('{"field":"email","op":"contains","value":"nobody at all"}')}`,
  },
  { name: 'deals-filter', path: `/deals?layout=table&view=all&filter=${above}`, act: openFilter, states: ['demo'] },
  {
    name: 'settings-scoring-edit',
    path: '/settings/scoring',
    act: press(beginningWith('Edit {name}')),
    states: ['demo'],
  },
  { name: 'deal-won', path: '/deals/$id', act: press(said('Won')), submit: said('Mark as won') },
  { name: 'deal-lost', path: '/deals/$id', act: press(said('Lost')), submit: said('Mark as lost') },
  { name: 'deal-products', path: '/deals/$id', act: editProducts, submit: said('Save products') },
  { name: 'contact-edit', path: '/contacts/$id', act: editAll, submit: said('Save') },
  { name: 'task-new', path: '/tasks', act: press(said('New task')), submit: said('Create task') },
  { name: 'task-edit', path: '/tasks', act: openTask, submit: said('Save'), states: ['demo', 'error'] },
  { name: 'tasks-month', path: '/tasks?view=calendar&who=all' },
  { name: 'tasks-week', path: '/tasks?view=calendar&span=week&who=all' },
  { name: 'settings-calendar-made', path: '/settings/calendar', act: makeAddress, states: ['demo'] },
  { name: 'tasks-done', path: '/tasks?view=done', states: ['demo', 'empty'] },
  { name: 'dashboard-all', path: '/dashboard?range=all' },
  { name: 'dashboard-table', path: '/dashboard', act: press(said('Show as a table')), states: ['demo'] },
  { name: 'import-files', path: '/imports/new', act: choose, submit: said('Read the file') },
  { name: 'import-columns', path: '/imports/$id?step=columns' },
  {
    name: 'import-check',
    path: '/imports/$id?step=check',
    act: press(beginningWith('Check', 'Check again')),
    refused: true,
    states: ['demo', 'empty'],
  },
  { name: 'import-fixes', path: '/imports/$fixes?step=check', act: fixCell, states: ['demo'] },
  { name: 'import-fix-row', path: '/imports/$fixes?step=check', act: openFixRow, states: ['demo'] },
  { name: 'import-report', path: '/imports/$report' },
  { name: 'import-recognised', path: '/imports/$recognised', states: ['demo'] },
  { name: 'export-menu', path: '/contacts', act: press(said('Export')), states: ['demo'] },
  { name: 'sign-in-wrong', path: '/sign-in', stranger: true, act: typePassword, refused: true, states: ['demo'] },
  { name: 'sign-in-problem', path: '/sign-in?problem=no_account', stranger: true, states: ['demo'] },
  { name: 'sign-in-workspace', path: '/sign-in?workspace=demo', stranger: true, states: ['demo'] },
  { name: 'second-factor', path: '/sign-in', stranger: true, act: askSecondFactor, states: ['demo'] },
  { name: 'sign-in-link-open', path: '/sign-in/link#token', stranger: true, states: ['demo'] },
  { name: 'password-reset-token', path: '/password-reset#token', stranger: true, states: ['demo'] },
  { name: 'invitation-open', path: '/invitation#$invitation', stranger: true, states: ['demo'] },
];

/** What people have open most of the day, by name: these are looked at in every width, direction and contrast. */
export const mostUsed: readonly string[] = [
  'home',
  'inbox',
  'tasks',
  'contacts',
  'contacts-record',
  'contacts-panel',
  'companies',
  'deals-board',
  'deals-table',
  'deals-record',
  'dashboard',
  'settings-pipelines',
];

export const scenes: readonly Scene[] = [...plainScenes(), ...variants, ...sellingScenes, ...offlineScenes];

/** One that was made before is replaced. */
async function makeAddress(page: Page) {
  const button = page.getByRole('button', { name: beginningWith('Create an address', 'Create a new address') });
  await button.first().click();
  await page.getByRole('alertdialog').or(page.locator('code')).first().waitFor();
  const confirm = page.getByRole('alertdialog').getByRole('button', { name: said('Create a new address') });
  if (await confirm.isVisible()) await confirm.click();
  await page.locator('code').waitFor();
}

async function openPalette(page: Page) {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
}

async function askHelp(page: Page) {
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
}

async function search(page: Page) {
  await openPalette(page);
  await page.getByRole('combobox', { name: said('Search and commands') }).fill('an');
  await page.getByRole('option').first().waitFor();
}

async function openFilter(page: Page) {
  await page.getByRole('button', { name: said('is at least') }).click();
  await page.getByRole('dialog').getByRole('textbox').waitFor();
}

async function select(page: Page) {
  const start = page.getByRole('button', { name: said('Select'), exact: true });
  const phone = await start.isVisible();
  if (phone) await start.click();
  const boxes = phone ? page.getByRole('listitem').getByRole('checkbox') : page.getByRole('row').getByRole('checkbox');
  for (const box of (await boxes.all()).slice(1, 3)) await box.click();
}

function openBulk(name: string) {
  return async (page: Page) => {
    await select(page);
    const button = page.getByRole('button', { name, exact: true });
    if (await button.isVisible()) await button.click();
  };
}

async function editProducts(page: Page) {
  await showTab(said('Related'))(page);
  await page.getByRole('button', { name: said('Edit products') }).click();
}

async function editAll(page: Page) {
  await page.getByRole('button', { name: said('More actions') }).click();
  await page.getByRole('menuitem', { name: said('Edit all fields') }).click();
}

async function openTask(page: Page) {
  await page.locator('main li').getByRole('button').first().click();
}

async function choose(page: Page) {
  const people = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('First name\nNadia\n') };
  await page.locator('input[type=file]').setInputFiles(people);
}

async function typePassword(page: Page) {
  await page.getByLabel(said('E-mail')).fill('nobody@example.com');
  await page.getByLabel(said('Password'), { exact: true }).fill('not the password');
  await press(said('Sign in'))(page);
  await page.getByRole('alert').waitFor();
}

/** Whoever this is, the answer is that a code is asked for. */
async function askSecondFactor(page: Page) {
  await page.route('**/api/v1/sign-in', (route) =>
    route.fulfill({ json: { outcome: 'second_factor_required', challenge: 'challenge' } }),
  );
  await page.getByLabel(said('E-mail')).fill('ada@example.com');
  await page.getByLabel(said('Password'), { exact: true }).fill('whatever');
  await press(said('Sign in'))(page);
  await page.getByLabel(said('Six-digit code')).waitFor();
  await settled(page);
}

async function checkRows(page: Page) {
  const grid = page.getByRole('grid', { name: beginningWith('Rows of {file}') });
  const rows = page.getByRole('button', { name: beginningWith('Row {number}') });
  // Another picture of the same import has checked it already.
  await grid
    .or(rows)
    .or(page.getByRole('button', { name: said('Check'), exact: true }))
    .first()
    .waitFor();
  const check = page.getByRole('button', { name: said('Check'), exact: true });
  if (await check.isVisible()) await check.click();
  await grid.or(rows).first().waitFor();
}

async function fixCell(page: Page) {
  await checkRows(page);
  const cell = page.getByRole('gridcell', { name: 'ask Petra' }).first();
  if (await page.getByRole('grid').isVisible()) await cell.click();
  await page.getByLabel(said('Rows shown')).scrollIntoViewIfNeeded();
}

async function openFixRow(page: Page) {
  await checkRows(page);
  if (await page.getByRole('grid').isVisible()) await page.getByRole('gridcell').first().click();
  else
    await page
      .getByRole('button', { name: beginningWith('Row {number}') })
      .first()
      .click();
  await page.getByRole('dialog').waitFor();
}
