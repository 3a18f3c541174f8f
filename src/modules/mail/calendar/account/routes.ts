import type { z } from 'zod';
import { idParams } from '../../../../kernel/contract/resource.ts';
import { uuidV7 } from '../../../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../../../kernel/errors/problem.ts';
import { asCaller } from '../../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../../kernel/http/route.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { MailTrouble, revokeGrant } from '../../mailbox/index.ts';
import { accountPasswords } from '../../password.ts';
import { syncCalendarsAt } from '../sync/jobs.ts';
import {
  accountCreate,
  accountPut,
  calendarAccount,
  calendarAccounts,
  calendarItems,
  calendarItemsQuery,
  calendarSource,
  sourceChoice,
} from './contract.ts';
import { DavClient } from './dav.ts';
import { type FoundCalendar, findCalendars } from './discovery.ts';
import {
  type AccountPut,
  type AccountRow,
  chooseSource,
  confirmGone,
  deleteAccount,
  findAccount,
  findSource,
  type ItemRow,
  listAccounts,
  listItems,
  listSources,
  putAccount,
  putCalendars,
  type SourceRow,
  wantComparison,
} from './queries.ts';

const path = '/api/v1/calendar-accounts';
const about = { tag: 'Calendars', access: { resource: 'mailbox', action: 'update' } } as const;
const rateLimit = { name: 'calendar_account', limit: 20, windowSeconds: 60 };

export const accountRoutes = (services: Services): Route[] => [
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'Your accounts of calendars, and how it stands with each',
    access: { resource: 'mailbox', action: 'read' },
    response: calendarAccounts,
    handler: async (ctx) => ({
      body: { data: await Promise.all((await listAccounts(ctx)).map((row) => shown(ctx, row))) },
    }),
  }),
  route({
    ...about,
    method: 'POST',
    path,
    summary: 'Connect an account of calendars (CalDAV); it is signed in to first',
    transaction: false,
    rateLimit,
    body: accountCreate,
    response: calendarAccount,
    handler: async (bare, { body, request }) => ({
      body: await connect(services, body, (work) => asCaller(bare, request, work)),
    }),
  }),
  route({
    ...about,
    method: 'PUT',
    path: `${path}/{id}`,
    summary: 'Connect an account of yours anew',
    transaction: false,
    rateLimit,
    params: idParams,
    body: accountPut,
    response: calendarAccount,
    handler: async (bare, { params: { id }, body, request }) => {
      const run = <R>(work: (ctx: Context) => Promise<R>) => asCaller(bare, request, work);
      const known = await run((ctx) => requireAccount(ctx, id));
      if (known.url === null) throw problems.conflict('This account is at Google. Connect it anew there.');
      // A password that was given for one server is not sent to another.
      if (body.password === undefined && new URL(known.url).host !== new URL(body.url).host)
        throw invalidField('password', 'required', 'Write the password');
      const password =
        body.password ?? accountPasswords.open(services, bare.actor!.tenant_id, id, known.sealed_password);
      return { body: await connect(services, { ...body, password }, run, id) };
    },
  }),
  route({
    ...about,
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'Disconnect an account of yours, and give its grant back to Google; the meetings that were imported stay',
    params: idParams,
    handler: async (ctx, { params }) => {
      const known = await requireAccount(ctx, params.id);
      if (known.provider === 'google') await revokeGrant(ctx, { of: 'calendars', ...known });
      await deleteAccount(ctx, params.id);
      return {};
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: `${path}/{id}/comparisons`,
    summary: 'Compare all calendars of an account with its provider now',
    params: idParams,
    response: calendarAccount,
    status: 202,
    handler: async (ctx, { params }) => {
      await wantComparison(ctx, params.id);
      const row = await requireAccount(ctx, params.id);
      await syncCalendarsAt(ctx, params.id, 0);
      return { body: await shown(ctx, row) };
    },
  }),
  route({
    ...about,
    method: 'PATCH',
    path: '/api/v1/calendar-sources/{id}',
    summary: 'Choose whether the meetings of one of your calendars are imported',
    params: idParams,
    body: sourceChoice,
    response: calendarSource,
    handler: async (ctx, { params, body }) => {
      await chooseSource(ctx, params.id, body.is_chosen);
      return { body: await wanted(ctx, params.id) };
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: '/api/v1/calendar-sources/{id}/deletions',
    summary: 'Confirm that the meetings that are gone at the provider were deleted there',
    params: idParams,
    response: calendarSource,
    status: 202,
    handler: async (ctx, { params }) => {
      await confirmGone(ctx, params.id);
      return { body: await wanted(ctx, params.id) };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: '/api/v1/calendar-sources/{id}/items',
    summary: 'What became of the items that the provider of one of your calendars lists',
    access: { resource: 'mailbox', action: 'read' },
    params: idParams,
    query: calendarItemsQuery,
    response: calendarItems,
    handler: async (ctx, { params, query }) => {
      await requireSource(ctx, params.id);
      const rows = await listItems(ctx, params.id, query.outcome);
      return {
        body: { data: rows.map(({ problem, ...row }) => ({ ...row, sentence: explainItem({ ...row, problem }) })) },
      };
    },
  }),
];

const noAccount = () => problems.notFound('account of yours');

export async function requireAccount(ctx: Context, id: string): Promise<AccountRow> {
  const row = await findAccount(ctx, id);
  if (!row) throw noAccount();
  return row;
}

/** The source of a calendar of the caller's own that is connected. */
export async function requireSource(ctx: Context, calendar_id: string): Promise<SourceRow> {
  const row = await findSource(ctx, calendar_id);
  if (!row) throw problems.notFound('connected calendar of yours');
  return row;
}

/** A calendar about which its owner has just said something: it is looked at at once. */
async function wanted(ctx: Context, calendar_id: string) {
  const row = await requireSource(ctx, calendar_id);
  await syncCalendarsAt(ctx, row.account_id, 0);
  return sourceShown(row);
}

/** Whose account it will be; `field` is what a key of no person is refused at. */
export function requirePerson({ actor }: Context, field: string): string {
  if (!actor.user_id) throw invalidField(field, 'no_person', 'An account belongs to a person; this key has none');
  return actor.user_id;
}

interface Given {
  url: string;
  username: string;
  password: string;
}

/** Signs in and finds the calendars before anything is stored. */
async function connect(
  services: Services,
  { url, username, password }: Given,
  run: <R>(work: (ctx: Context) => Promise<R>) => Promise<R>,
  known?: string,
): Promise<z.infer<typeof calendarAccount>> {
  const client = new DavClient(services.config, { url, username, password });
  const { home, calendars } = await findCalendars(client, url).catch((error: unknown) => {
    throw error instanceof MailTrouble ? invalidField('url', 'not_reachable', error.message) : error;
  });
  return run(async (ctx) => {
    requirePerson(ctx, 'url');
    if (known) await requireAccount(ctx, known);
    return storeAccount(services, ctx, known, { provider: 'caldav', url, home, username, password, calendars });
  });
}

interface Signed extends Omit<AccountPut, 'id' | 'sealed'> {
  password: string;
  calendars: readonly FoundCalendar[];
}

/** An account that was signed in to, with the calendars that it has. */
export async function storeAccount(
  services: Services,
  ctx: Context,
  known: string | undefined,
  { password, calendars, ...account }: Signed,
): Promise<z.infer<typeof calendarAccount>> {
  const id = known ?? uuidV7();
  const sealed = accountPasswords.seal(services, ctx.tenant_id, id, password);
  await putAccount(ctx, { ...account, id, sealed });
  await putCalendars(ctx, id, calendars);
  await syncCalendarsAt(ctx, id, 0);
  return shown(ctx, await requireAccount(ctx, id));
}

const shown = async (ctx: Context, { id, provider, url, username, problem, compared_at }: AccountRow) => ({
  id,
  provider,
  url,
  username,
  problem,
  compared_at,
  calendars: (await listSources(ctx, id)).map(sourceShown),
});

const sourceShown = (row: SourceRow): z.infer<typeof calendarSource> => ({
  calendar_id: row.calendar_id,
  name: row.name,
  is_chosen: row.is_chosen,
  is_writable: row.is_writable,
  state: row.state,
  sentence: explainSource(row),
  items: row.provider_count,
  waiting: row.waiting,
  failed: row.failed,
  asked: row.missing,
  synced_at: row.synced_at,
});

/** One sentence on how it stands with a calendar. */
function explainSource({ is_chosen, state, problem, waiting, failed, provider_count, missing }: SourceRow): string {
  const items = provider_count ?? 0;
  if (!is_chosen) return 'It is not imported. Select it to import its meetings, including past ones.';
  if (state === 'asks') {
    const message = `${missing} meetings are gone at your provider. Confirm that they were deleted there, and they go here too.`;
    return message;
  }
  if (problem) return problem;
  if (state === 'syncing' && waiting === 0) return 'Comparing with your provider.';
  if (state === 'syncing') {
    const message = `${waiting} items are still to be fetched.`;
    return message;
  }
  if (failed > 0) {
    const message = `In sync, but ${failed} of ${items} items cannot be read. The list of items says why.`;
    return message;
  }
  const message = `In sync: ${items} at your provider, all accounted for.`;
  return message;
}

function explainItem({ outcome, problem }: Pick<ItemRow, 'outcome' | 'problem'>): string {
  let message = 'It is here.';
  if (problem) message = problem;
  else if (outcome === 'listed') message = 'Your provider lists it; it is fetched next.';
  else if (outcome === 'gone') message = 'It was deleted at your provider, which confirmed that.';
  return message;
}
