import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { household } from '../household/contract.ts';
import { readToday } from '../period.ts';
import { answerOf } from './answer.ts';
import { apply, refuseWithoutProfile } from './apply.ts';
import { type FamilyEvent, type FamilyEventAnswer, familyEvent, familyEventPost } from './contract.ts';
import { namedHouseholds, namedPeople, planEvent, type Situation } from './plan.ts';
import { deathsOf, lockHouseholds, membershipsOf, ownersBeside, readHousehold, relationshipsOf } from './situation.ts';

/** Reads all that an event may touch, and locks its households, so that two events of a family follow each other. */
async function readSituation(ctx: Context, id: string, event: FamilyEvent): Promise<Situation> {
  await getRow(ctx, household, id);
  const today = await readToday(ctx);
  const people = namedPeople(event);
  const dead = event.kind === 'death' ? event.contact_id : undefined;
  const joining = event.kind === 'marriage' ? event.spouse_id : undefined;
  const person = dead ?? joining;
  const memberships = person ? await membershipsOf(ctx, person, today) : [];
  const left = dead ? memberships.map((each) => each.household.id).filter((other) => other !== id) : [];
  const named = [...new Set([...namedHouseholds(event, id), ...left])];
  await lockHouseholds(ctx, [id, ...named]);
  const ours = await readHousehold(ctx, id, today);
  const others = new Map<string, Situation['ours']>();
  for (const other of named) others.set(other, await readHousehold(ctx, other, today));
  const spouse = joining ? await getRow(ctx, contact, joining) : undefined;
  return {
    today,
    ours,
    others,
    memberships,
    people: new Map(spouse ? [[joining!, { id: joining!, name: spouse.name as string }]] : []),
    deaths: await deathsOf(ctx, people),
    relationships: people.length > 0 ? await relationshipsOf(ctx, people, today) : [],
    ...(await ownersBeside(ctx, people)),
  };
}

/** Does what happened to a family, or says what it would do. */
async function happen(ctx: Context, id: string, event: FamilyEvent): Promise<FamilyEventAnswer> {
  const situation = await readSituation(ctx, id, event);
  if (event.kind === 'death') refuseWithoutProfile(ctx);
  const plan = planEvent(event, situation);
  const created = event.preview ? null : await apply(ctx, plan, situation);
  return answerOf(event, plan, situation, created);
}

export const familyEventRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/households/{id}/family-events',
    tag: 'Households',
    summary:
      'A marriage, divorce or death, a child who leaves, a split or merger of households: what it changes, or the change; its reversal takes it back',
    access: { resource: 'household', action: 'update' },
    params: idParams,
    body: familyEventPost,
    response: familyEvent,
    status: 200,
    handler: async (ctx, { params, body }) => ({ body: await happen(ctx, params.id.toLowerCase(), body) }),
  }),
];
