import type pg from 'pg';
import { type Command, tenantId, UsageError, withSystem } from './command.ts';

const who = {
  tenant: { needed: true, help: 'Name of their workspace' },
  email: { needed: true, help: 'Address they sign in with' },
} as const;

/** Tells the running processes, which may have cached the session of this person. */
const signal = (client: pg.Client, tenant_id: string, user_id: string) =>
  client.query('select app.signal_operator($1, $2)', [tenant_id, user_id]);

interface Dropped {
  providers?: number;
  passkeys?: number;
  second_factors?: number;
  passwords?: number;
  sessions?: number;
}

/** What a grant took from somebody, and how they sign in from now on. */
function droppedText(dropped: Dropped, command: string): string[] {
  const gone = (['providers', 'passkeys', 'second_factors', 'passwords', 'sessions'] as const)
    .filter((what) => dropped[what])
    .map((what) => `${dropped[what]} ${droppedWords[what]}`);
  if (gone.length === 0) return [];
  return [
    `They could sign in through a provider of their workspace, whose administrators decide whom it lets in. So this was removed: ${gone.join(', ')}.`,
    `They set a new password with the link that this prints: ${command}`,
  ];
}

const droppedWords = {
  providers: 'connection(s) with an account at a provider',
  passkeys: 'passkey(s)',
  second_factors: 'second factor(s)',
  passwords: 'password(s)',
  sessions: 'session(s), which ended',
} as const;

export const operatorCommands: Command[] = [
  {
    name: 'operator grant',
    summary: 'Lets somebody look after the installation: its health, backups and jobs, beyond their workspace.',
    flags: who,
    run: async (call) => {
      const { email, tenant } = call.flags;
      const id = await tenantId(call);
      const granted = await withSystem(call, async (client) => {
        const { rows } = await client.query(
          `with member as (
             select tenant_id, id from user_account
             where tenant_id = $1 and email_key = lower($2) and kind = 'member' and app.has_access(status, access_until)
           ), granted as (
             insert into operator (tenant_id, user_id, granted_by)
             select tenant_id, id, 'the command line' from member on conflict do nothing returning *
           )
           select m.id as user_id, case when g.user_id is null then '{}'
             else app.drop_planted_sign_ins(g.tenant_id, g.user_id) end as dropped
           from member m left join granted g on g.user_id = m.id`,
          [id, email],
        );
        if (rows[0]) await signal(client, id, rows[0].user_id);
        return rows[0];
      });
      if (!granted) throw new UsageError(`No member of ${tenant} signs in with ${email}.`);
      const lines = [
        `${email} operates this installation, from the next page they open.`,
        'Operators sign in with a passkey, or with password and second factor.',
        ...droppedText(granted.dropped, `holdfast user password-link --tenant ${tenant} --email ${email}`),
      ];
      call.answer(granted, lines.join('\n'));
      return 0;
    },
  },
  {
    name: 'operator revoke',
    summary: 'Takes that from somebody.',
    flags: who,
    run: async (call) => {
      const { email, tenant } = call.flags;
      const id = await tenantId(call);
      const revoked = await withSystem(call, async (client) => {
        const { rows } = await client.query(
          `delete from operator o using user_account u where o.tenant_id = $1 and u.tenant_id = o.tenant_id and u.id = o.user_id
             and u.email_key = lower($2) returning o.user_id`,
          [id, email],
        );
        if (rows[0]) await signal(client, id, rows[0].user_id);
        return rows[0];
      });
      if (!revoked) throw new UsageError(`${email} of ${tenant} is no operator.`);
      call.answer(revoked, `${email} no longer operates this installation.`);
      return 0;
    },
  },
  {
    name: 'operator list',
    reads: true,
    summary: 'Shows who looks after the installation.',
    run: async (call) => {
      const rows = await withSystem(call, async (client) => {
        const { rows } = await client.query<{ workspace: string; name: string; email: string; granted_at: Date }>(
          `select t.name as workspace, u.name, u.email, o.granted_at, o.granted_by from operator o
           join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id join tenant t on t.id = o.tenant_id order by o.granted_at`,
        );
        return rows;
      });
      const lines = rows.map(
        ({ workspace, name, email, granted_at }) => `${granted_at.toISOString()}  ${workspace}  ${email}  ${name}`,
      );
      call.answer(rows, lines.join('\n') || 'Nobody yet: holdfast operator grant');
      return 0;
    },
  },
];
