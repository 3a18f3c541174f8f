import { jobStates } from '../kernel/jobs/contract.ts';
import { refuseTwin } from '../kernel/jobs/queries.ts';
import { type Command, listed, listed_max, tenantId, UsageError, withSystem } from './command.ts';

interface ListedJob {
  tenant: string;
  id: string;
  kind: string;
  state: string;
  attempts: number;
  error: string | null;
  sent_at: Date | null;
}

interface ListedSchedule {
  tenant: string;
  name: string;
  cron: string;
  time_zone: string;
  next_at: Date;
}

/** What becomes of a job in doubt, by what a person found out. */
const resolutions: Record<string, string> = {
  done: `state = 'done', finished_at = now(), sent_at = null`,
  'not-done': `state = 'ready', run_at = now(), attempts = 0, error = null, sent_at = null`,
  'look-up': `state = 'ready', run_at = now(), attempts = 0, error = null`,
  cancelled: `state = 'cancelled', finished_at = now(), sent_at = null`,
};
const listOf = (words: readonly string[]) => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

export const jobCommands: Command[] = [
  {
    name: 'jobs list',
    reads: true,
    summary: 'Shows jobs: those whose outcome is in doubt, or those of another state.',
    flags: { state: { help: listOf(jobStates) }, tenant: { help: 'Of this workspace' } },
    run: async (call) => {
      const { state = 'in_doubt', tenant } = call.flags;
      if (!(jobStates as readonly string[]).includes(state)) throw new UsageError(`--state takes ${listOf(jobStates)}`);
      const tenant_id = tenant === undefined ? null : await tenantId(call);
      const rows = await withSystem(call, async (client) => {
        const { rows } = await client.query<ListedJob>(
          `select t.name as tenant, j.id, j.kind, j.state, j.attempts, j.error, j.sent_at from job j join tenant t on t.id = j.tenant_id
           where j.state = $1 and ($2::uuid is null or t.id = $2) order by j.created_at desc limit ${listed_max + 1}`,
          [state, tenant_id],
        );
        return listed(call, rows, 'newest');
      });
      const lines = rows.map(
        ({ tenant, id, kind, attempts, error, sent_at }) =>
          `${id}  ${tenant}  ${kind}  attempt ${attempts}${sent_at ? `  sent ${sent_at.toISOString()}` : ''}${error ? `  ${error}` : ''}`,
      );
      call.answer(rows, lines.join('\n') || `No job is ${state.replace('_', ' ')}.`);
      return 0;
    },
  },
  {
    name: 'jobs resolve',
    summary:
      'Says what became of a job in doubt. One that was not done runs again; look-up has the other system asked again.',
    flags: {
      id: { needed: true, help: 'The job' },
      as: { needed: true, help: listOf(Object.keys(resolutions)) },
    },
    run: async (call) => {
      const { id, as } = call.flags;
      const change = resolutions[as!];
      if (!change) throw new UsageError(`--as takes ${listOf(Object.keys(resolutions))}`);
      const found = await withSystem(call, async (client) => {
        const { rowCount } = await client
          .query(`update job set ${change}, cancel_requested = false where id::text = $1 and state = 'in_doubt'`, [id])
          .catch(refuseTwin);
        return rowCount;
      });
      if (!found) throw new UsageError(`No job ${id} is in doubt; "holdfast jobs list" shows those that are.`);
      call.answer({ id, as }, `The job is resolved: ${as}.`);
      return 0;
    },
  },
  {
    name: 'jobs schedules',
    reads: true,
    summary: 'Shows what is done again and again, and when it is next.',
    run: async (call) => {
      const rows = await withSystem(call, async (client) => {
        const { rows } = await client.query<ListedSchedule>(
          `select t.name as tenant, s.name, s.cron, s.time_zone, s.next_at, s.last_at from schedule s join tenant t on t.id = s.tenant_id
           order by s.next_at, t.name, s.name limit ${listed_max + 1}`,
        );
        return listed(call, rows);
      });
      const lines = rows.map(
        ({ tenant, name, cron, time_zone, next_at }) =>
          `${next_at.toISOString()}  ${tenant}  ${name}  ${cron}  ${time_zone}`,
      );
      call.answer(rows, lines.join('\n') || 'Nothing is scheduled: no worker has run yet.');
      return 0;
    },
  },
];
