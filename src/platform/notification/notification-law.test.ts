import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { noticesAtRest } from '../../../test/harness/notices.ts';

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp({ RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000', RATE_LIMIT_CALLER_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
});
after(() => app.stop());

const names = ['Ann', 'Ben', 'Cy'] as const;
const who = fc.nat(names.length - 1);
const people = fc.uniqueArray(who, { maxLength: names.length });

/**
 * Something one of three people does on one contact. Where it cannot be done, it is refused and tells nobody anything.
 */
type Step =
  | { does: 'comment' | 'reply'; by: number; mentions: number[] }
  | { does: 'edit'; at: number; mentions: number[] }
  | { does: 'assign'; by: number; to: number }
  | { does: 'change'; by: number; city: string }
  | { does: 'follow'; by: number; on: boolean }
  | { does: 'undo'; at: number }
  | { does: 'kill' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('comment', 'reply'), by: who, mentions: people }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('edit'), at: fc.nat(5), mentions: people }) },
  fc.record({ does: fc.constant('assign'), by: who, to: who }),
  fc.record({ does: fc.constant('change'), by: who, city: fc.constantFrom('Rome', 'Bern') }),
  fc.record({ does: fc.constant('follow'), by: who, on: fc.boolean() }),
  fc.record({ does: fc.constant('undo'), at: fc.nat(5) }),
  fc.record({ does: fc.constant('kill') }),
) as fc.Arbitrary<Step>;

const rows = (statement: string, values: unknown[] = []) =>
  asOwner(app, statement, values) as Promise<Record<string, unknown>[]>;
const quiet = () => noticesAtRest(app);

/** As when a worker dies while it tells, any number of times. */
const kill = () =>
  rows(
    `reset role; select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
     and (classid::bigint << 32 | objid::bigint) = hashtextextended('feed notifications ${tenant.tenant_id}', 0)`,
  );

test('for any sequence of events and retries everybody is told once of each thing, and nobody of what they did', async () => {
  const staff = await Promise.all(names.map((name) => tenant.as('member', name)));
  const body = (mentions: number[]) =>
    `<p>Hm ${mentions.map((n) => `<span data-type="mention" data-id="${staff[n]!.user_id}">@x</span>`).join('')}</p>`;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
      const contact = (await staff[0]!.api('POST', '/api/v1/contacts', { given_name: 'Law' })).body;
      const path = `/api/v1/contacts/${contact.id}`;
      const comments: { id: string; by: number; head: string }[] = [];
      const changes: string[] = [];
      const expected = new Set<string>();
      const says = (id: string, by: number, mentions: number[]) => {
        for (const n of mentions) if (n !== by) expected.add(`${staff[n]!.user_id} ${id}`);
      };
      for (const step of steps) {
        if (step.does === 'comment' || step.does === 'reply') {
          const head = step.does === 'reply' ? comments[0]?.head : undefined;
          const place = head ? { parent_id: head } : { record_id: contact.id };
          const made = await staff[step.by]!.api('POST', '/api/v1/comments', { ...place, body: body(step.mentions) });
          assert.equal(made.status, 201, JSON.stringify(made.body));
          comments.push({ id: made.body.id, by: step.by, head: head ?? made.body.id });
          says(made.body.id, step.by, step.mentions);
        } else if (step.does === 'edit') {
          const comment = comments[step.at];
          if (!comment) continue;
          const { api } = staff[comment.by]!;
          await api('PATCH', `/api/v1/comments/${comment.id}`, { body: body(step.mentions) });
          says(comment.id, comment.by, step.mentions);
        } else if (step.does === 'assign') {
          const { headers } = await staff[step.by]!.api('PATCH', path, { owner_id: staff[step.to]!.user_id });
          changes.push(headers.get('change-id')!);
        } else if (step.does === 'change') {
          const { headers } = await staff[step.by]!.api('PATCH', path, { city: step.city });
          changes.push(headers.get('change-id')!);
        } else if (step.does === 'follow') {
          await staff[step.by]!.api(step.on ? 'PUT' : 'DELETE', `${path}/following`);
        } else if (step.does === 'undo') {
          const change = changes[step.at];
          if (change) await staff[0]!.api('POST', `/api/v1/changes/${change}/reversal`);
        } else await kill();
      }
      await quiet();
      const told = () =>
        rows(
          `select user_id, kind, cause, source_id, actor_id, created_at from notification where record_id = $1 order by id`,
          [contact.id],
        );
      const before = await told();
      const mentioned = before.filter(({ kind }) => kind === 'mentioned');
      assert.deepEqual(new Set(mentioned.map((row) => `${row.user_id} ${row.source_id}`)), expected);
      const keys = before.map(({ user_id, kind, cause }) => `${user_id} ${kind} ${cause}`);
      assert.equal(new Set(keys).size, keys.length, 'nobody is told twice of one thing');
      assert.ok(
        before.every(({ user_id, actor_id }) => user_id !== actor_id),
        'nobody is told of what they did',
      );
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
