import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { idParams } from '../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { findRow, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { zonePart } from '../../directory/calendar-feed/index.ts';
import { DavClient, findAccount, markObjectsGone, putListed, requireSource } from '../calendar/index.ts';
import { MailTrouble } from '../mailbox/index.ts';
import {
  type MeetingChange,
  type MeetingCreate,
  meeting,
  meetingChange,
  meetingCreate,
  meetingPeople,
  meetingScope,
} from '../meeting/contract.ts';
import { expandItems, storeItems, windowNow, writeItem, zoneFor } from '../meeting/index.ts';
import { accountPasswords } from '../password.ts';
import { type EventRow, findEvent, isWritable, listPeople, meetingIn, objectIdOf, organizerOf } from './queries.ts';

const about = { tag: 'Meetings', access: { resource: 'mailbox', action: 'update' } } as const;
const calendarType = { 'content-type': 'text/calendar; charset=utf-8' };

type Run = <R>(work: (ctx: Context) => Promise<R>) => Promise<R>;

export const eventRoutes = (services: Services): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/meetings/{id}/people',
    tag: 'Meetings',
    summary: 'Who takes part in a meeting, with the contacts that they are',
    access: { resource: 'mailbox', action: 'read' },
    params: idParams,
    response: meetingPeople,
    handler: async (ctx, { params }) => {
      await getRow(ctx, meeting, params.id);
      return { body: { data: await listPeople(ctx, params.id), is_writable: await isWritable(ctx, params.id) } };
    },
  }),
  route({
    ...about,
    transaction: false,
    method: 'POST',
    path: '/api/v1/meeting-calendars/{id}/meetings',
    summary: 'Make a meeting in one of your calendars, at its provider',
    params: idParams,
    body: meetingCreate,
    response: meeting.row,
    handler: async (bare, { params, body, request }) => ({
      body: await makeMeeting(services, (work) => asCaller(bare, request, work), params.id, body),
    }),
  }),
  route({
    ...about,
    transaction: false,
    method: 'PATCH',
    path: '/api/v1/meetings/{id}/event',
    heedsIfMatch: true,
    summary:
      'Move or change a meeting at its provider; one that was changed there meanwhile is answered with how it stands',
    params: idParams,
    query: meetingScope,
    body: meetingChange,
    response: meeting.row,
    handler: async (bare, { params, query, body, ifMatch, request }) => ({
      body: await changeMeeting(
        services,
        (work) => asCaller(bare, request, work),
        { id: params.id, version: ifMatch, ...query },
        body,
      ),
    }),
  }),
  route({
    ...about,
    transaction: false,
    method: 'DELETE',
    path: '/api/v1/meetings/{id}/event',
    heedsIfMatch: true,
    summary: 'Delete a meeting at its provider',
    params: idParams,
    query: meetingScope,
    handler: async (bare, { params, query, ifMatch, request }) => {
      await deleteMeeting(services, (work) => asCaller(bare, request, work), {
        id: params.id,
        version: ifMatch,
        ...query,
      });
      return {};
    },
  }),
];

interface Target {
  tenant_id: string;
  calendar_id: string;
  client: DavClient;
  zone: string;
}

/** A calendar of the caller's own into which the provider lets them write. */
async function targetOf(services: Services, ctx: Context, calendar_id: string): Promise<Target & { href: string }> {
  const source = await requireSource(ctx, calendar_id);
  if (!source.is_writable) throw problems.conflict('Your provider lets you read this calendar, not write into it');
  const account = await findAccount(ctx, source.account_id);
  if (!account) throw problems.notFound('account of yours');
  const { tenant_id } = ctx;
  const password = accountPasswords.open(services, tenant_id, account.id, account.sealed_password);
  const client = new DavClient(services.config, { url: account.url, username: account.username, password });
  return { tenant_id, calendar_id, client, zone: await zoneFor(ctx, calendar_id), href: source.href };
}

/** What is wrong with a provider is said to whoever waits for it. */
async function atProvider<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MailTrouble) throw problems.unavailable(error.message, 'provider');
    throw error;
  }
}

function checkTimes({ starts_at, ends_at, starts_on, ends_on }: MeetingChange, isNew: boolean): void {
  if (isNew && !starts_at && !starts_on) throw invalidField('starts_at', 'required', 'Say when it begins');
  if (starts_on && starts_at) throw invalidField('starts_on', 'contradiction', 'It is all day, or it has times');
  if (starts_at ? !ends_at : ends_at) throw invalidField('ends_at', 'required', 'Say when it begins and when it ends');
  if (starts_at && ends_at && Date.parse(ends_at) < Date.parse(starts_at))
    throw invalidField('ends_at', 'too_early', 'It ends before it begins');
  if (starts_on && ends_on && ends_on < starts_on)
    throw invalidField('ends_on', 'too_early', 'It ends before it begins');
}

async function makeMeeting(services: Services, run: Run, calendar_id: string, body: MeetingCreate): Promise<Values> {
  const [target, organizer] = await run(async (ctx) => [
    await targetOf(services, ctx, calendar_id),
    await organizerOf(ctx),
  ]);
  checkTimes(body, true);
  const uid = randomUUID();
  const { time_zone: zone = target.zone, ...wanted } = body;
  if (!isZone(zone)) throw invalidField('time_zone', 'unknown', 'There is no such time zone');
  const described = body.starts_at && zone !== 'UTC' ? describe(zone, body.starts_at) : null;
  const ics = await writeItem(
    { is: 'new', uid, zone, described, organizer, wanted },
    { tenant: target.tenant_id, caller: '' },
  );
  const href = new URL(`${uid}.ics`, target.href.replace(/\/?$/, '/')).pathname;
  await atProvider(async () => {
    const headers = { ...calendarType, 'if-none-match': '*' };
    refuseRefused(await target.client.ask({ method: 'PUT', href, body: ics, headers }));
  });
  await takeOver(services, target, href);
  return run(async (ctx) => {
    const object_id = await objectIdOf(ctx, calendar_id, href);
    const id = object_id && (await meetingIn(ctx, object_id, ''));
    if (!id)
      throw problems.unavailable(
        'Your provider took the meeting, and it is shown here once it gives it out.',
        'provider',
      );
    return getRow(ctx, meeting, id);
  });
}

const described_hours = 800 * 24;

/** A zone for the time of a meeting and some of its future, in which it may be made a series. */
function describe(zone: string, starts_at: string): unknown {
  const at = Temporal.Instant.from(starts_at);
  return zonePart(zone, at, at.add({ hours: described_hours }));
}

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
};

interface Asked {
  id: string;
  version: number | undefined;
  scope: 'this' | 'series';
}

/** The meeting that somebody wants to change, as they saw it. */
async function openEvent(
  services: Services,
  run: Run,
  { id, version }: Asked,
): Promise<{ event: EventRow; target: Target }> {
  return run(async (ctx) => {
    const current = await getRow(ctx, meeting, id);
    const event = await findEvent(ctx, id);
    if (!event) throw problems.forbidden('Only the owner of a connected calendar changes its meetings');
    if (version !== undefined && version !== event.version) throw problems.stale(current);
    return { event, target: await targetOf(services, ctx, event.calendar_id) };
  });
}

async function changeMeeting(services: Services, run: Run, asked: Asked, body: MeetingChange): Promise<Values> {
  const { event, target } = await openEvent(services, run, asked);
  checkTimes(body, false);
  const isSingle = !event.is_series || asked.scope === 'this';
  if (!isSingle && (body.starts_at || body.starts_on))
    throw invalidField(
      'starts_at',
      'of_series',
      'Move one time of the series here, or all of it in your calendar program',
    );
  const { time_zone: _, ...wanted } = body;
  const occurrence = event.is_series && isSingle ? event.occurrence : null;
  const ics = await writeItem(
    { is: 'change', ics: event.ics, zone: target.zone, occurrence, wanted },
    { tenant: target.tenant_id, caller: '' },
  );
  await put(services, run, { event, target }, ics);
  return run(async (ctx) => {
    const id = await meetingIn(ctx, event.object_id, event.occurrence);
    return getRow(ctx, meeting, id ?? event.id);
  });
}

async function deleteMeeting(services: Services, run: Run, asked: Asked): Promise<void> {
  const { event, target } = await openEvent(services, run, asked);
  if (event.is_series && asked.scope === 'this') {
    const input = {
      is: 'change',
      ics: event.ics,
      zone: target.zone,
      occurrence: event.occurrence,
      wanted: {},
      remove: true,
    } as const;
    await put(services, run, { event, target }, await writeItem(input, { tenant: target.tenant_id, caller: '' }));
    return;
  }
  const { status } = await atProvider(() =>
    target.client.ask({ method: 'DELETE', href: event.href, headers: { 'if-match': event.fetched_etag } }),
  );
  if (status === 412) return staleNow(services, run, { event, target });
  if (status !== 404 && status !== 410) refuseRefused({ status });
  await asSystem(services, target, (ctx) => markObjectsGone(ctx, [event.object_id]));
}

/** Writes an item where it still is what was read; else it is taken over as it is, and whoever changed it sees both. */
async function put(services: Services, run: Run, at: { event: EventRow; target: Target }, ics: string): Promise<void> {
  const { event, target } = at;
  const headers = { ...calendarType, 'if-match': event.fetched_etag };
  const answer = await atProvider(() => target.client.ask({ method: 'PUT', href: event.href, body: ics, headers }));
  if (answer.status === 412 || answer.status === 404) return staleNow(services, run, at);
  refuseRefused(answer);
  await takeOver(services, target, event.href);
}

async function staleNow(
  services: Services,
  run: Run,
  { event, target }: { event: EventRow; target: Target },
): Promise<never> {
  await takeOver(services, target, event.href);
  throw problems.stale((await run((ctx) => findRow(ctx, meeting, event.id))) ?? null);
}

function refuseRefused({ status }: { status: number }): void {
  if (status < 300) return;
  throw problems.conflict(
    `Your provider refuses it (${status}). Change it in your calendar program, which shows why.`,
    'provider_refuses',
  );
}

const asSystem = <R>({ db }: Services, { tenant_id }: Target, work: (ctx: Context) => Promise<R>): Promise<R> =>
  withContext(db, systemActor(tenant_id), work);

/** Has an item here as the provider has it now. What is not to be had now comes with the next look. */
async function takeOver(services: Services, target: Target, href: string): Promise<void> {
  const { calendar_id, tenant_id, zone, client } = target;
  const { status, etag, text } = await atProvider(() => client.ask({ method: 'GET', href }));
  if (status === 404 || status === 410) {
    await asSystem(services, target, async (ctx) => {
      const id = await objectIdOf(ctx, calendar_id, href);
      if (id) await markObjectsGone(ctx, [id]);
    });
    return;
  }
  if (status >= 300 || !etag) return;
  const window = windowNow();
  const read = await expandItems({ items: [text], ...window, zone }, { tenant: tenant_id, caller: '' });
  await asSystem(services, target, async (ctx) => {
    await putListed(ctx, calendar_id, [{ href, etag }]);
    const id = await objectIdOf(ctx, calendar_id, href);
    if (id) await storeItems(ctx, calendar_id, window, [{ id, ics: text, etag }], read);
  });
}
