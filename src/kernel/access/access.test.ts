import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { startAccessApp } from '../../../test/fixtures/access/app.ts';
import { sitting, visit } from '../../../test/fixtures/access/contract.ts';
import { eventually, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner, systemClient } from '../../../test/harness/identity.ts';
import type { RecordTypesApp } from '../../../test/harness/record-types.ts';
import { openStream } from '../../../test/harness/stream.ts';
import { sql } from '../database/database.ts';
import { intersectRights } from '../identity/grants.ts';
import { refuseRoleBeyond } from '../identity/user/authority.ts';
import { baseConditions, listRows, reaches } from '../resource/list.ts';
import { findRow } from '../resource/store.ts';
import { type Actor, type Context, systemActor, withContext } from '../tenancy/context.ts';
import { type Action, mergeRights, type Rights } from './rights.ts';
import { covers, intersection, isScope, type Kind, kinds, type Scope, termsOf, union } from './scope.ts';

let app: RecordTypesApp;
let owner: Awaited<ReturnType<typeof systemClient>>;
let tenant: TestTenant;
let tenant_id: string;
const people = ['Ada', 'Ben', 'Cleo'];
const person_ids = new Map<string, string>();
before(async () => {
  app = await startAccessApp();
  owner = await systemClient(app);
  tenant = await app.tenant();
  tenant_id = tenant.tenant_id;
  for (const name of people) person_ids.set(name, (await tenant.as('viewer', name)).user_id);
});
after(async () => {
  await owner.end();
  await app.stop();
});

const verbs = ['read', 'create', 'update', 'delete'] as const;
const simpleScope: fc.Arbitrary<Scope> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Scope>('none', 'all') },
  { weight: 6, arbitrary: fc.subarray([...kinds], { minLength: 1, maxLength: 3 }).map((some) => some.reduce<Scope>(union, 'none')) },
); // biome-ignore format: one line each
const role = fc.record(
  Object.fromEntries(verbs.map((verb) => [verb, simpleScope])) as Record<Action, typeof simpleScope>,
);

const groups = ['north', 'south'];
const member = fc.record({ person: fc.constantFrom(...people), group: fc.constantFrom(...groups) });
/** Over, not begun yet, or holding: without ends, with both, from today on, or on its last day. */
const times = ['over', 'to_come', 'endless', 'between', 'first_day', 'last_day'] as const;
const time = fc.constantFrom(...times);
const isNow = (when: (typeof times)[number]) => when !== 'over' && when !== 'to_come';
const dates: Record<(typeof times)[number], [from: string, until: string]> = {
  over: ['null', 'app.today() - 1'],
  to_come: ['app.today() + 1', 'null'],
  endless: ['null', 'null'],
  between: ['app.today() - 1', 'app.today() + 1'],
  first_day: ['app.today()', 'null'],
  last_day: ['null', 'app.today()'],
};
const row = fc.record({
  owner: fc.option(fc.constantFrom(...people)),
  location: fc.option(fc.constantFrom(...groups)),
  households: fc.array(fc.record({ group: fc.constantFrom(...groups), when: time }), { maxLength: 3 }),
  participants: fc.uniqueArray(fc.constantFrom(...people), { maxLength: 2 }),
});
const world = fc.record({
  teams: fc.array(fc.uniqueArray(fc.constantFrom(...people), { minLength: 2 }), { maxLength: 2 }),
  locations: fc.array(member, { maxLength: 4 }),
  households: fc.array(
    fc.record({ person: fc.constantFrom(...people), group: fc.constantFrom(...groups), when: time }),
    { maxLength: 4 },
  ),
  rows: fc.array(row, { minLength: 1, maxLength: 8 }),
  roles: fc.array(fc.array(role, { maxLength: 3 }), { minLength: people.length, maxLength: people.length }),
  /** What a key or another client of the person adds: a limit. */
  client: fc.option(role),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;
type Row = World['rows'][number];

/** The rule in plain words: a row is a person's by each of these. */
const rowIs: Record<Kind, (world: World, row: Row, person: string) => boolean> = {
  own: (_, { owner }, person) => owner === person,
  team: ({ teams }, { owner }, person) =>
    owner === person || teams.some((team) => team.includes(person) && owner !== null && team.includes(owner)),
  location: ({ locations }, { location }, person) => locations.some((m) => m.person === person && m.group === location),
  household: (world, { households }, person) =>
    world.households.some(
      (m) => m.person === person && isNow(m.when) && households.some((one) => one.group === m.group && isNow(one.when)),
    ),
  participant: (_, { participants }, person) => participants.includes(person),
};
const holds = (scope: Scope, holdsOf: (kind: Kind) => boolean) =>
  scope === 'all' ||
  (scope !== 'none' && scope.split('+').some((term) => term.split('&').every((kind) => holdsOf(kind as Kind))));
const mayDo = (world: World, person: string, verb: Action, row: Row, withClient = true) => {
  const holdsOf = (kind: Kind) => rowIs[kind]!(world, row, person);
  const byRoles = world.roles[people.indexOf(person)]!.some((one) => holds(one[verb], holdsOf));
  return byRoles && (!withClient || !world.client || holds(world.client[verb], holdsOf));
};

/** Each group by its name and each row by its place, in the database. */
async function build({ teams, locations, households, rows, roles }: World): Promise<string[]> {
  const ids = rows.map(() => randomUUID());
  const group = (name: string | null) => name && groups.indexOf(name) === 0 ? '00000000-0000-7000-8000-00000000000a' : name && '00000000-0000-7000-8000-00000000000b'; // biome-ignore format: one line
  const person = (name: string | null) => name && person_ids.get(name)!;
  const all = JSON.stringify({
    teams: teams.flatMap((team) => {
      const id = randomUUID();
      return team.map((name) => ({ id, user_id: person(name) }));
    }),
    locations: locations.map((m) => ({ user_id: person(m.person), group_id: group(m.group) })),
    households: households.map((m) => ({ user_id: person(m.person), group_id: group(m.group), period: m.when })),
    links: rows.flatMap((one, i) => one.households.map(({ group: of, when }) => ({ id: ids[i], group_id: group(of), period: when }))),
    rows: rows.map((one, i) => ({ id: ids[i], owner_id: person(one.owner), location_id: group(one.location) })),
    participants: rows.flatMap((one, i) => one.participants.map((name) => ({ id: ids[i], user_id: person(name) }))),
    roles: roles.flatMap((some, i) => some.map((rights, j) => ({ key: `custom_${i}_${j}`, user_id: person(people[i]!), id: randomUUID(), rights: { task: rights } }))),
  }); // biome-ignore format: one line each
  const values = [tenant_id, all];
  const rowsOf = (name: string) =>
    `from jsonb_to_recordset($2::jsonb -> '${name}') x (id uuid, user_id uuid, group_id uuid, owner_id uuid, location_id uuid, period text,
      key text, rights jsonb)`;
  const day = (side: 0 | 1, cast: string) =>
    `case x.period ${times.map((when) => `when '${when}' then (${dates[when][side]})${cast}`).join(' ')} end`;
  for (const text of [
    'delete from visit where tenant_id = $1', 'delete from location_member where tenant_id = $1', 'delete from visit_adviser where tenant_id = $1',
    'delete from team where tenant_id = $1', 'delete from user_role where tenant_id = $1', `delete from role where tenant_id = $1
      and not preset`,
  ]) await owner.query(text, [tenant_id]); // biome-ignore format: a list
  for (const text of [
    `insert into team (tenant_id, id, name) select distinct $1::uuid, x.id, x.id::text ${rowsOf('teams')}`,
    `insert into team_member (tenant_id, team_id, user_id) select $1, x.id, x.user_id ${rowsOf('teams')}`,
    `insert into location_member (tenant_id, user_id, location_id) select distinct $1::uuid, x.user_id, x.group_id ${rowsOf('locations')}`,
    `insert into visit_adviser (tenant_id, adviser_id, household_id, from_on, until_on) select $1::uuid, x.user_id, x.group_id,
      ${day(0, '::date')}, ${day(1, '::date')} ${rowsOf('households')}`,
    `insert into visit (tenant_id, id, name, owner_id, location_id) select $1, x.id, x.id::text, x.owner_id,
      x.location_id ${rowsOf('rows')}`,
    `insert into visit_household (tenant_id, visit_id, household_id, from_on, until_at) select $1, x.id, x.group_id, ${day(0, '::date')},
      app.midnight(${day(1, '::date')} + 1) ${rowsOf('links')}`,
    `insert into visit_participant (tenant_id, user_id, visit_id) select $1, x.user_id, x.id ${rowsOf('participants')}`,
    `insert into role (tenant_id, id, key, name, rights) select $1, x.id, x.key, x.key, x.rights ${rowsOf('roles')}`,
    `insert into user_role (tenant_id, user_id, role_id) select $1, x.user_id, x.id ${rowsOf('roles')}`,
  ]) await owner.query(text, values); // biome-ignore format: a list
  return ids;
}

class Undone extends Error {}
/** Does something as a person, and takes it back. */
async function tried<Result>(actor: Actor, work: (ctx: Context) => Promise<Result>): Promise<Result> {
  let result: { is: Result } | undefined;
  await withContext(app.app.services.db, actor, async (ctx) => {
    result = { is: await work(ctx) };
    throw new Undone();
  }).catch((error) => {
    if (!(error instanceof Undone)) throw error;
  });
  return result!.is;
}

const rightsOf = (world: World, person: string): Rights => {
  const own = mergeRights(world.roles[people.indexOf(person)]!.map((rights) => ({ task: rights })));
  return world.client ? intersectRights(own, { task: world.client }) : own;
};

describe('rows by rule', () => {
  test('lists, policies and what is told to people say the same of every row as the rule in plain words', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (world) => {
        const ids = await build(world);
        const expected = (holdsOf: (row: Row) => boolean) => ids.filter((_, i) => holdsOf(world.rows[i]!)).sort();
        for (const name of people) {
          const may = (verb: Action) => (row: Row) => mayDo(world, name, verb, row);
          const actor: Actor = { kind: 'user', tenant_id, user_id: person_ids.get(name)!, credential_id: null, rights: rightsOf(world, name) }; // biome-ignore format: one line
          const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
          const text = JSON.stringify(actor.rights);

          const listed = await tried(actor, (ctx) =>
            listRows(ctx, visit, { limit: 50, count: 'true', trashed: 'false', group: 'owner_id' }),
          );
          assert.deepEqual(idsOf(listed.data as { id: string }[]), expected(may('read')), `list ${text}`);
          assert.equal(listed.total, expected(may('read')).length);
          assert.equal(listed.groups!.reduce((sum, { count }) => sum + count, 0), listed.total); // biome-ignore format: one line
          const seen = await tried(actor, (ctx) => ctx.tx.many<{ id: string }>(sql`select id from visit`));
          assert.deepEqual(idsOf(seen), expected(may('read')), `policy of reading ${text}`);

          for (const verb of ['update', 'delete'] as const) {
            const reached = await tried(actor, (ctx) =>
              ctx.tx.many<{ id: string }>(
                sql`update visit r set name = 'changed' where ${sql.join(
                  [...baseConditions(ctx, visit), reaches(ctx, visit, verb)],
                  sql`
                  and `,
                )} returning id`,
              ),
            );
            assert.deepEqual(idsOf(reached), expected((row) => may('read')(row) && may(verb)(row)), `${verb} ${text}`); // biome-ignore format: one line
          }
          const changed = await tried(actor, (ctx) =>
            ctx.tx.many<{ id: string }>(sql`update visit set name = 'changed' returning id`),
          );
          assert.deepEqual(idsOf(changed), expected((row) => may('read')(row) && (may('update')(row) || may('delete')(row))), `policy of changing ${text}`); // biome-ignore format: one line
          const gone = await tried(actor, (ctx) => ctx.tx.many<{ id: string }>(sql`delete from visit returning id`));
          assert.deepEqual(idsOf(gone), expected((row) => may('read')(row) && may('delete')(row)), `policy of deleting ${text}`); // biome-ignore format: one line
          const [first] = world.rows;
          const isMade = await tried(actor, (ctx) =>
            ctx.tx
              .run(sql`insert into visit (tenant_id, name, owner_id, location_id)
                select ${tenant_id}, 'made', ${first!.owner && person_ids.get(first!.owner)}::uuid, x.location_id
                from app.row_as_it_is(${ids[0]}) x`)
              .then(() => true),
          ).catch((error) => {
            assert.match(String(error), /row-level security|forbidden|may not/i);
            return false;
          });
          // Nobody takes part in a visit that has only just been made, and it is to no household yet.
          assert.equal(
            isMade,
            may('create')({ ...first!, participants: [], households: [] }),
            `policy of making ${text}`,
          );
        }
        const told = await withContext(app.app.services.db, systemActor(tenant_id), async ({ tx }) => ({
          pairs: await tx.many<{ record_id: string; user_id: string }>(
            sql`select * from app.readers_of('visit', ${ids.flatMap((id) => people.map(() => id))}::uuid[],
              ${ids.flatMap(() => people.map((name) => person_ids.get(name)))}::uuid[])`,
          ),
          readers: await tx.many<{ id: string; may_read: boolean }>(
            sql`select * from app.record_readers('visit', ${ids[0]}, 'task', null)`,
          ),
        }));
        for (const name of people) {
          const reads = (row: Row) => mayDo(world, name, 'read', row, false);
          const user_id = person_ids.get(name)!;
          assert.deepEqual(told.pairs.filter((pair) => pair.user_id === user_id).map(({ record_id }) => record_id).sort(), expected(reads), 'readers_of'); // biome-ignore format: one line
          const all = world.roles[people.indexOf(name)]!.some(({ read }) => read === 'all');
          if (all) assert.equal(told.readers.find(({ id }) => id === user_id)!.may_read, true);
          if (!reads(world.rows[0]!)) assert.equal(told.readers.find(({ id }) => id === user_id)!.may_read, false);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a role names kinds of rows where the records have them; over HTTP the list, a record and its change follow', async () => {
    await build({ teams: [], locations: [], households: [], rows: [], roles: [[], [], []], client: null });
    const { api } = await tenant.as('admin');
    const refused = await api('POST', '/api/v1/roles', { name: 'Wrong', rights: { deal: { read: 'location' } } });
    assert.equal(refused.status, 422);
    assert.match(JSON.stringify(refused.body), /no scope .*location/);
    for (const read of ['location+own', 'own+own', 'here', 'own+team'])
      assert.equal(
        (await api('POST', '/api/v1/roles', { name: read, rights: { task: { read } } })).status,
        read === 'location+own' ? 201 : 422,
        read,
      );
    const role = await api('POST', '/api/v1/roles', {
      name: 'Desk',
      rights: { task: { read: 'location+own', update: 'location' }, tenant: { read: 'all' } },
    });
    assert.equal(role.status, 201, JSON.stringify(role.body));
    const worker = await tenant.as('admin', 'Worker');
    const key = await worker.api('POST', '/api/v1/api-keys', { name: 'desk', role_id: role.body.id });
    assert.equal(key.status, 201, JSON.stringify(key.body));
    const desk = app.types(key.body.key);
    const here = randomUUID();
    await asOwner(app, 'insert into location_member (tenant_id, user_id, location_id) values ($1, $2, $3)', [tenant_id, worker.user_id, here]); // biome-ignore format: one line
    const make = async (name: string, location: string | null, owner_id: string | null) =>
      ((await asOwner(app, 'insert into visit (tenant_id, name, location_id, owner_id) values ($1, $2, $3, $4) returning id', [tenant_id, name, location, owner_id])) as { id: string }[])[0]!.id; // biome-ignore format: one line
    const [at_desk, mine, elsewhere] = [
      await make('at the desk', here, null),
      await make('mine', null, worker.user_id),
      await make('elsewhere', randomUUID(), null),
    ];
    const list = await desk('GET', '/api/v1/visits');
    assert.deepEqual(list.body.data.map(({ name }: { name: string }) => name), ['at the desk', 'mine']); // biome-ignore format: one line
    const statuses = async (method: string, body?: object) =>
      Promise.all(
        [at_desk, mine, elsewhere].map(async (id) => (await desk(method, `/api/v1/visits/${id}`, body)).status),
      );
    assert.deepEqual(await statuses('GET'), [200, 200, 404]);
    assert.deepEqual(await statuses('PATCH', { name: 'changed' }), [200, 403, 404]);
    assert.deepEqual(await statuses('DELETE'), [403, 403, 403]);

    // Open pages: what one's location has, and what left it; and nothing of other locations.
    const leaving = await make('leaving', here, null);
    const stream = await openStream(app.typesUrl, key.body.key);
    const heard = () => stream.changes().filter(({ data }) => [leaving, elsewhere].includes(data.id) && data.action !== 'create').map(({ data }) => `${data.action} ${data.id}`); // biome-ignore format: one line
    const hears = async (all: string[]) => {
      await eventually(async () => heard().length >= all.length);
      assert.deepEqual(heard(), all);
    };
    const move = (id: string, to: string) =>
      withContext(app.app.services.db, systemActor(tenant_id), ({ tx }) =>
        tx.run(sql`update visit set location_id = ${to} where tenant_id = ${tenant_id} and id = ${id}`),
      );
    await move(elsewhere, randomUUID());
    await move(leaving, randomUUID());
    await hears([`gone ${leaving}`]);
    await move(elsewhere, here);
    await hears([`gone ${leaving}`, `update ${elsewhere}`]);
    stream.close();

    // No longer a member: nothing of the location, at once.
    await asOwner(app, 'delete from location_member where user_id = $1', [worker.user_id]);
    assert.deepEqual((await desk('GET', '/api/v1/visits')).body.data.map(({ id }: { id: string }) => id), [mine]); // biome-ignore format: one line
  });
});

test('when a membership ends or is taken away, lists and open pages let go by themselves', async () => {
  const { api, user_id } = await tenant.as('admin', 'Adviser');
  const role = await api('POST', '/api/v1/roles', { name: 'Advice', rights: { task: { read: 'household' } } });
  const { body } = await api('POST', '/api/v1/api-keys', { name: 'advice', role_id: role.body.id });
  const advice = app.types(body.key);
  const household = randomUUID();
  const [{ id }] = (await asOwner(app, 'insert into visit (tenant_id, name) values ($1, $2) returning id', [tenant_id, 'Advised'])) as [{ id: string }]; // biome-ignore format: one line
  const seen = async () => (await advice('GET', '/api/v1/visits?count=true')).body.data.map((row: { id: string }) => row.id); // biome-ignore format: one line
  await asOwner(app, 'insert into visit_adviser (tenant_id, adviser_id, household_id) values ($1, $2, $3)', [tenant_id, user_id, household]); // biome-ignore format: one line
  await asOwner(app, `insert into visit_household (tenant_id, visit_id, household_id, until_at)
    values ($1, $2, $3, now() + interval '4 seconds')`, [tenant_id, id, household]); // biome-ignore format: one line
  assert.deepEqual(await seen(), [id]);
  const stream = await openStream(app.typesUrl, body.key);
  const told = () => stream.events.filter(({ event }) => event === 'rights').length;
  assert.equal(told(), 0);
  await eventually(async () => told() === 1);
  assert.deepEqual(await seen(), [], 'it has expired');

  const asProgram = (text: string, values: unknown[]) => owner.query(text, values);
  await asProgram('update visit_household set until_at = null where visit_id = $1', [id]);
  await eventually(async () => told() === 2);
  assert.deepEqual(await seen(), [id]);
  await asProgram('update visit_adviser set until_on = app.today() - 1 where household_id = $1', [household]);
  await eventually(async () => told() === 3);
  assert.deepEqual(await seen(), []);
  stream.close();
});

test('nobody gives rights that reach rows through groups or teams which are not theirs', async () => {
  const [ada, ben, cleo] = people.map((name) => person_ids.get(name)!) as [string, string, string];
  const [north, south, team] = [randomUUID(), randomUUID(), randomUUID()];
  await owner.query('delete from team where tenant_id = $1', [tenant_id]);
  await owner.query('delete from location_member where tenant_id = $1', [tenant_id]);
  await owner.query('insert into location_member (tenant_id, user_id, location_id) values ($1, $2, $5), ($1, $3, $6), ($1, $4, $5)', [tenant_id, ada, ben, cleo, north, south]); // biome-ignore format: one line
  await owner.query('insert into team (tenant_id, id, name) values ($1, $2, $3)', [tenant_id, team, 'Mates']);
  await owner.query('insert into team_member (tenant_id, team_id, user_id) values ($1, $2, $3), ($1, $2, $4)', [tenant_id, team, ben, cleo]); // biome-ignore format: one line
  const gives = (held: Scope, read: Scope, to: string) =>
    tried({ kind: 'user', tenant_id, user_id: ada, credential_id: null, rights: { task: { read: held } } }, (ctx) =>
      refuseRoleBeyond(ctx, { name: 'Given', rights: { task: { read } } }, to).then(() => true),
    ).catch((error) => {
      assert.equal(error.status, 403);
      return false;
    });
  assert.equal(await gives('location', 'location', cleo), true, 'of the same place');
  assert.equal(await gives('location', 'location', ben), false, 'of another place');
  assert.equal(await gives('all', 'location', ben), true);
  assert.equal(await gives('location', 'household', cleo), false);
  assert.equal(await gives('location+team', 'location', cleo), true);
  // Cleo's team has Ben, whose rows Ada does not reach.
  assert.equal(await gives('location+team', 'location+team', cleo), false);
  assert.equal(await gives('own', 'location&own', cleo), true);
});

describe('rows by degree', () => {
  const degreeRole = fc.record({ read: simpleScope, subject: simpleScope, exists: simpleScope });
  const onlyKnown = (scope: Scope): Scope =>
    termsOf(scope).map((term) => term.filter((kind) => kind !== 'household' && kind !== 'participant').reduce<Scope>(intersection, 'all')).reduce<Scope>(union, 'none'); // biome-ignore format: one line
  const value = fc.option(fc.integer({ min: 0, max: 3 }));
  const sittingRow = fc.record({
    owner: fc.option(fc.constantFrom(...people)), location: fc.option(fc.constantFrom(...groups)),
    held_on: fc.constantFrom('2026-01-01', '2026-01-02'), subject: fc.constantFrom('alpha', 'beta'), minutes: fc.option(fc.constantFrom('long', 'short')), fee: value,
  }); // biome-ignore format: one line
  const sittings = fc.record({ locations: fc.array(member, { maxLength: 4 }), rows: fc.array(sittingRow, { minLength: 1, maxLength: 8 }), role: degreeRole, client: fc.option(degreeRole) }); // biome-ignore format: one line

  test('lists, filters, sorts, sums, groups and records have what the degree of each row shows, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(sittings, async ({ locations, rows, role, client }) => {
        const roles = [role, ...(client ? [client] : [])].map((one) => ({ read: onlyKnown(one.read), subject: onlyKnown(one.subject), exists: onlyKnown(one.exists) })); // biome-ignore format: one line
        const person = 'Ada';
        const groupOf = (name: string | null) => name && `00000000-0000-7000-8000-00000000000${groups.indexOf(name)}`;
        const made = rows.map((one) => ({ ...one, id: randomUUID(), owner_id: one.owner && person_ids.get(one.owner)!, location_id: groupOf(one.location) })); // biome-ignore format: one line
        await owner.query('delete from sitting where tenant_id = $1', [tenant_id]);
        await owner.query('delete from location_member where tenant_id = $1', [tenant_id]);
        await owner.query('delete from team where tenant_id = $1', [tenant_id]);
        await owner.query(`insert into location_member (tenant_id, user_id, location_id) select distinct $1::uuid, x.person, x.place
          from jsonb_to_recordset($2) x (person uuid, place uuid)`,
          [tenant_id, JSON.stringify(locations.map((m) => ({ person: person_ids.get(m.person), place: groupOf(m.group) })))]); // biome-ignore format: one call
        await owner.query(`insert into sitting (tenant_id, id, held_on, subject, minutes, fee, owner_id, location_id)
          select $1, x.id, x.held_on, x.subject, x.minutes, x.fee, x.owner_id, x.location_id from jsonb_to_recordset($2)
          x (id uuid, held_on date, subject text, minutes text, fee int, owner_id uuid,
            location_id uuid)`, [tenant_id, JSON.stringify(made)]); // biome-ignore format: one call
        const rights = roles.map((one): Rights => ({ activity: one })).reduce(intersectRights);
        const actor: Actor = { kind: 'user', tenant_id, user_id: person_ids.get(person)!, credential_id: null, rights };

        const of: Record<string, (row: (typeof made)[number]) => boolean> = {
          own: (row) => row.owner === person,
          team: (row) => row.owner === person,
          location: (row) => locations.some((m) => m.person === person && m.group === row.location),
        };
        const sees = (row: (typeof made)[number], degrees: ('read' | 'subject' | 'exists')[]) =>
          roles.every((one) => degrees.some((degree) => holds(one[degree], (kind) => of[kind]!(row))));
        const shown = made.flatMap((row) => {
          const everything = sees(row, ['read']);
          const subject = sees(row, ['read', 'subject']);
          if (!sees(row, ['read', 'subject', 'exists'])) return [];
          const { id, held_on } = row;
          const ofSubject = { subject: subject ? row.subject : null, owner_id: subject ? row.owner_id : null };
          const rest = everything ? { minutes: row.minutes, fee: row.fee, location_id: row.location_id } : { minutes: null, fee: null, location_id: null }; // biome-ignore format: one line
          return [{ id, held_on, ...ofSubject, ...rest, everything }];
        });
        type Shown = (typeof shown)[number];
        const text = JSON.stringify({ roles, rights });
        const list = (more: object) => tried(actor, (ctx) => listRows(ctx, sitting, { limit: 50, count: 'true', trashed: 'false', ...more })); // biome-ignore format: one line
        const ids = (some: { id: unknown }[]) => some.map(({ id }) => id).sort();
        const fields = ['id', 'held_on', 'subject', 'owner_id', 'minutes', 'fee', 'location_id'] as const;
        const picked = (some: Record<string, unknown>[]) => some.map((row) => fields.map((field) => row[field])).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)); // biome-ignore format: one line

        const plain = await list({ sums: 'fee', group: 'subject' });
        assert.deepEqual(picked(plain.data), picked(shown), text);
        assert.equal(plain.total, shown.length);
        const sum = shown.reduce((all, { fee }) => all + (fee ?? 0), 0);
        assert.equal(Number(plain.sums!.fee ?? 0), sum, text);
        for (const { value, count } of plain.groups!) assert.equal(count, shown.filter(({ subject }) => subject === value).length, text); // biome-ignore format: one line
        const filtered = async (field: string, op: string, value: unknown, holdsOf: (row: Shown) => boolean) =>
          assert.deepEqual(ids((await list({ filter: JSON.stringify({ field, op, value }) })).data as { id: string }[]), ids(shown.filter(holdsOf)), `${field} ${op} ${text}`); // biome-ignore format: one line
        await filtered('subject', 'eq', 'alpha', ({ subject }) => subject === 'alpha');
        await filtered('subject', 'ne', 'alpha', ({ subject }) => subject !== 'alpha');
        await filtered('minutes', 'contains', 'or', ({ minutes }) => minutes === 'short');
        await filtered('minutes', 'is_empty', undefined, ({ minutes }) => minutes === null);
        await filtered('fee', 'gte', 2, ({ fee }) => fee !== null && fee >= 2);
        await filtered('owner_id', 'eq', person_ids.get('Ben'), ({ owner_id }) => owner_id === person_ids.get('Ben'));
        for (const sort of ['fee', '-fee', 'minutes', '-subject']) {
          const field = sort.replace('-', '') as 'fee' | 'minutes' | 'subject';
          const sorted: Record<string, unknown>[] = [];
          for (let cursor: string | undefined; ; ) {
            const page = await list({ sort, limit: 3, ...(cursor && { cursor }) });
            sorted.push(...page.data);
            if (!page.next_cursor) break;
            cursor = page.next_cursor;
          }
          assert.deepEqual(ids(sorted as { id: string }[]), ids(shown), sort);
          const values = sorted.map((row) => row[field] as string | number | null);
          const known = values.filter((one) => one !== null);
          assert.deepEqual(values, [...known.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0) * (sort.startsWith('-') ? -1 : 1)), ...values.filter((one) => one === null)], sort); // biome-ignore format: one line
        }
        for (const { id } of made) {
          const found = await tried(actor, (ctx) => findRow(ctx, sitting, id));
          assert.deepEqual(picked(found ? [found] : []), picked(shown.filter((row) => row.id === id)), text);
        }
        // Whatever does not ask by degree, such as exports and history, has the rows seen in full.
        const inFull = ids(shown.filter(({ everything }) => everything));
        const seen = await tried(actor, (ctx) => ctx.tx.many<{ id: string }>(sql`select id from sitting`));
        assert.deepEqual(ids(seen), inFull, text);
        const history = await tried(actor, (ctx) =>
          ctx.tx.many<{ id: string }>(sql`select distinct record_id as id from record_history where tenant_id = ${tenant_id}
            and resource = 'sitting' and record_id = any (${made.map(({ id }) => id)})`),
        ); // biome-ignore format: one call
        assert.deepEqual(ids(history), inFull, `history ${text}`);
      }),
      { numRuns: 25 },
    );
  });

  test('over HTTP and on open pages, who sees that a sitting exists sees no more', async () => {
    await owner.query('delete from sitting where tenant_id = $1', [tenant_id]);
    const { api } = await tenant.as('admin');
    const refused = await api('POST', '/api/v1/roles', { name: 'By degree', rights: { contact: { exists: 'all' } } });
    assert.match(JSON.stringify(refused.body), /in full or not at all/);
    const role = await api('POST', '/api/v1/roles', { name: 'Rooms', rights: { activity: { exists: 'all' }, tenant: { read: 'all' } } }); // biome-ignore format: one line
    assert.equal(role.status, 201, JSON.stringify(role.body));
    const made = await api('POST', '/api/v1/api-keys', { name: 'sittings', role_id: role.body.id });
    const ofSittings = app.types(made.body.key);
    const admin = app.types((await tenant.as('admin')).key);
    const stream = await openStream(app.typesUrl, made.body.key);
    const body = { held_on: '2026-02-01', subject: 'Merger', minutes: 'They said yes' };
    const { body: sitting, status } = await admin('POST', '/api/v1/sittings', body);
    assert.equal(status, 201, JSON.stringify(sitting));
    const list = await ofSittings('GET', '/api/v1/sittings?count=true');
    assert.equal(list.status, 200, JSON.stringify(list.body));
    assert.deepEqual(list.body.data.map((row: Record<string, unknown>) => [row.held_on, row.subject, row.minutes, row.owner_id, row.owner]), [['2026-02-01', null, null, null, null]]); // biome-ignore format: one line
    const one = await ofSittings('GET', `/api/v1/sittings/${sitting.id}`);
    assert.deepEqual([one.status, one.body.subject], [200, null]);
    assert.equal((await ofSittings('PATCH', `/api/v1/sittings/${sitting.id}`, { subject: 'x' })).status, 403);
    const guess = encodeURIComponent(JSON.stringify({ field: 'subject', op: 'eq', value: 'Merger' }));
    assert.deepEqual((await ofSittings('GET', `/api/v1/sittings?filter=${guess}`)).body.data, []);
    await eventually(async () => stream.changes().some(({ data }) => data.id === sitting.id));
    stream.close();
  });
});

describe('scopes', () => {
  const some = fc.array(fc.subarray([...kinds], { minLength: 1 }), { maxLength: 3 });
  const scope = fc.oneof(
    fc.constantFrom<Scope>('none', 'all'),
    some.map((terms) => terms.map((term) => term.reduce<Scope>(intersection, 'all')).reduce<Scope>(union, 'none')),
  );
  /** What may hold of a row: one's own are one's team's. */
  const held = fc.subarray([...kinds]).map((all) => new Set<Kind>(all.includes('own') ? [...all, 'team'] : all));
  const meets = (one: Scope, all: Set<Kind>) => holds(one, (kind) => all.has(kind));

  test('add up, meet and cover as what holds of rows says, with one spelling each', () => {
    fc.assert(
      fc.property(scope, scope, fc.array(held, { minLength: 40, maxLength: 40 }), (a, b, rows) => {
        for (const row of rows) {
          assert.equal(meets(union(a, b), row), meets(a, row) || meets(b, row));
          assert.equal(meets(intersection(a, b), row), meets(a, row) && meets(b, row));
          if (covers(a, b) && meets(b, row)) assert.ok(meets(a, row));
        }
        assert.equal(union(a, b), union(b, a));
        assert.equal(intersection(a, b), intersection(b, a));
        for (const one of [a, b, union(a, b), intersection(a, b)]) {
          assert.ok(isScope(one), one);
          assert.equal(termsOf(one).map((term) => term.reduce<Scope>(intersection, 'all')).reduce<Scope>(union, 'none'), one); // biome-ignore format: one line
        }
        // Unlike spellings are unlike scopes: some row is reached by one and not by the other.
        if (a !== b)
          assert.ok(
            subsets().some((row) => meets(a, row) !== meets(b, row)),
            `${a} ${b}`,
          );
      }),
    );
  });

  const subsets = () =>
    Array.from({ length: 2 ** kinds.length }, (_, bits) => new Set(kinds.filter((_, i) => bits & (1 << i)))).filter(
      (row) => !row.has('own') || row.has('team'),
    );
});
