import { idParams } from '../../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { findRow, getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import {
  type AccountRow,
  findAccount,
  markObjectsGone,
  objectsAt,
  providerOf,
  putListed,
  type RemoteCalendar,
  readItems,
  requireSource,
} from '../calendar/index.ts';
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
import { isZone, zoneFor } from '../meeting/index.ts';
import { type EventRow, findEvent, isWritable, listPeople, meetingIn, objectIdOf, organizerOf } from './queries.ts';

const about = { tag: 'Meetings', access: { resource: 'mailbox', action: 'update' } } as const;

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
  remote: RemoteCalendar;
  zone: string;
}

type FoundTarget = Omit<Target, 'remote'> & { href: string; account: AccountRow };

/** A calendar of the caller's own into which the provider lets them write. */
async function findTarget(ctx: Context, calendar_id: string): Promise<FoundTarget> {
  const { is_writable, account_id, href } = await requireSource(ctx, calendar_id);
  if (!is_writable) throw problems.conflict('Your provider lets you read this calendar, not write into it');
  const account = await findAccount(ctx, account_id);
  if (!account) throw problems.notFound('account of yours');
  return { tenant_id: ctx.tenant_id, calendar_id, href, account, zone: await zoneFor(ctx, calendar_id) };
}

async function openTarget(services: Services, { href, account, ...found }: FoundTarget): Promise<Target> {
  const provider = await atProvider(() => providerOf(services, found.tenant_id, account));
  return { ...found, remote: provider.calendar(href) };
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
  const [found, organizer] = await run(async (ctx) => [await findTarget(ctx, calendar_id), await organizerOf(ctx)]);
  checkTimes(body, true);
  const target = await openTarget(services, found);
  const { time_zone: zone = target.zone, ...wanted } = body;
  if (!isZone(zone)) throw invalidField('time_zone', 'unknown', 'There is no such time zone');
  const href = await atProvider(() => target.remote.create({ wanted, zone, organizer }));
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
  const { event, found } = await run(async (ctx) => {
    const current = await getRow(ctx, meeting, id);
    const event = await findEvent(ctx, id);
    if (!event) throw problems.forbidden('Only the owner of a connected calendar changes its meetings');
    if (version !== undefined && version !== event.version) throw problems.stale(current);
    return { event, found: await findTarget(ctx, event.calendar_id) };
  });
  return { event, target: await openTarget(services, found) };
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
  const change = { event, occurrence, zone: target.zone };
  const written = await atProvider(() => target.remote.change(change, wanted));
  await takeOver(services, target, written.href);
  if (written.is === 'stale') return staleNow(run, event);
  return run(async (ctx) => {
    const id = await meetingIn(ctx, event.object_id, event.occurrence);
    return getRow(ctx, meeting, id ?? event.id);
  });
}

async function deleteMeeting(services: Services, run: Run, asked: Asked): Promise<void> {
  const { event, target } = await openEvent(services, run, asked);
  const occurrence = event.is_series && asked.scope === 'this' ? event.occurrence : null;
  const written = await atProvider(() => target.remote.remove({ event, occurrence, zone: target.zone }));
  if (written.is === 'stale' || occurrence !== null) await takeOver(services, target, written.href);
  else await forget(services, target, written.href);
  if (written.is === 'stale') return staleNow(run, event);
}

/** What was changed meanwhile was taken over as it is: whoever changed it sees both. */
async function staleNow(run: Run, event: EventRow): Promise<never> {
  throw problems.stale((await run((ctx) => findRow(ctx, meeting, event.id))) ?? null);
}

const asSystem = <R>({ db }: Services, { tenant_id }: Target, work: (ctx: Context) => Promise<R>): Promise<R> =>
  withContext(db, systemActor(tenant_id), work);

/** Has an item here as the provider has it now. What is not to be had now comes with the next look. */
async function takeOver(services: Services, target: Target, href: string): Promise<void> {
  const { calendar_id, tenant_id, remote } = target;
  const item = (await atProvider(() => remote.fetch([href]))).get(href);
  if (item === 'gone') return forget(services, target, href);
  if (!item) return;
  await asSystem(services, target, (ctx) => putListed(ctx, calendar_id, [item]));
  await readItems((work) => asSystem(services, target, work), { tenant_id, calendar_id }, { received: [item] });
}

/** An item that is gone at the provider, with the changed times of its series. */
const forget = (services: Services, target: Target, href: string): Promise<void> =>
  asSystem(services, target, async (ctx) => {
    const gone = await objectsAt(ctx, target.calendar_id, [href]);
    await markObjectsGone(
      ctx,
      gone.map(({ id }) => id),
    );
  });
