import { demos, loadDemo } from './demo/index.ts';
import { withSystemClient } from './kernel/database/client.ts';
import { Database, sql } from './kernel/database/database.ts';
import { createSignInLink, createTenant, createUser, linkAccounts } from './kernel/identity/index.ts';
import type { Installation } from './kernel/installation.ts';
import { provideKeys } from './kernel/resource/composite-names.ts';
import { type Context, systemActor, withContext } from './kernel/tenancy/context.ts';
import { DataKeys } from './kernel/vault/data-keys.ts';
import { fieldRing } from './kernel/vault/seal.ts';

const application_name = 'holdfast-start';
const link_minutes = 24 * 60;

interface FirstStartOptions {
  /** Make the workspaces of the demos rather than an empty one. */
  demo: boolean;
}

/**
 * Makes the first workspace with its administrator when there is none, and makes them the operator of the installation.
 * A workspace that has an administrator already makes nobody an operator: the last one may have been revoked. Answers a
 * one-time sign-in token for the administrator, at the first start alone: what a service prints is kept in a journal,
 * which others read. Later `holdfast user sign-in-link` makes one.
 */
export async function firstStart(
  { ownerUrl, databaseUrl, masterKeys }: Pick<Installation, 'ownerUrl' | 'databaseUrl' | 'masterKeys'>,
  { demo }: FirstStartOptions,
): Promise<string | undefined> {
  const db = new Database({
    url: databaseUrl,
    connectionsMax: 2,
    statementTimeoutMs: 0,
    applicationName: application_name,
  });
  const actIn = <R>(tenant_id: string, work: (ctx: Context) => Promise<R>) =>
    withContext(db, systemActor(tenant_id), work);
  const adminOf = async (tenant_id: string) =>
    (await actIn(tenant_id, findAdmin)) ?? (await actIn(tenant_id, makeAdmin));
  provideKeys(db, new DataKeys(fieldRing(masterKeys), () => undefined));
  try {
    const tenant = (await findTenant(ownerUrl)) ?? (await makeTenant(ownerUrl, demo ? demos[0].workspace : own));
    // Asked of the administrator, not of the workspace, so that a first start that was killed halfway is finished by
    // the next one.
    if ((await actIn(tenant.id, findAdmin)) === undefined) await beginFirst(ownerUrl);
    const isFirst = await isUnfinished(ownerUrl);
    const admin = await adminOf(tenant.id);
    if (tenant.name === demos[0].workspace.name && isFirst)
      for (const each of demos) {
        const { name } = each.workspace;
        const { id } = (await findTenant(ownerUrl, name)) ?? (await makeTenant(ownerUrl, each.workspace));
        const user_id = await adminOf(id);
        await loadDemo(db, id, each);
        if (id !== tenant.id) {
          const [account, other] = [
            { tenant_id: tenant.id, user_id: admin },
            { tenant_id: id, user_id },
          ];
          await withSystemClient(ownerUrl, application_name, (client) => linkAccounts(client, account, other));
        }
      }
    await grantFirstOperator(ownerUrl, tenant.id, admin);
    if (!isFirst) return undefined;
    return await actIn(tenant.id, (ctx) => createSignInLink(ctx, admin, { minutes: link_minutes }));
  } finally {
    await db.close();
  }
}

interface Workspace {
  id: string;
  name: string;
}

/** The one of that name, or the oldest. */
const findTenant = (ownerUrl: string, name?: string): Promise<Workspace | undefined> =>
  withSystemClient(ownerUrl, application_name, async (client) => {
    const { rows } = await client.query(
      `select id, name from tenant t where name <> 'system' and name = coalesce($1, name)
         and not exists (select from tenant_deletion d where d.of_tenant = t.id) order by created_at, id limit 1`,
      [name],
    );
    return rows[0];
  });

const first_start = 'the first start';

/**
 * Notes among what operators did, before there is an administrator, that this one shall be the operator: a start may be
 * killed in between.
 */
const beginFirst = (ownerUrl: string): Promise<unknown> =>
  withSystemClient(ownerUrl, application_name, (client) =>
    client.query(
      `insert into operator_action (who, action, reason) select $1, 'operator.first',
        'The administrator of the first workspace will be the operator'
       where not exists (select from operator_action where who = $1)`,
      [first_start],
    ),
  );

/** Whether a first start began that did not come to the end, at which the administrator is the operator. */
const isUnfinished = (ownerUrl: string): Promise<boolean> =>
  withSystemClient(ownerUrl, application_name, async (client) => {
    const { rows } = await client.query(
      `select coalesce(bool_and(action <> 'operator.grant'), false) as unfinished from operator_action where who = $1`,
      [first_start],
    );
    return rows[0].unfinished;
  });

/**
 * Whoever starts Holdfast on their own machine looks after it, until somebody is named on the command line. Once: a
 * revocation stays.
 */
const grantFirstOperator = (ownerUrl: string, tenant_id: string, user_id: string): Promise<unknown> =>
  withSystemClient(ownerUrl, application_name, (client) =>
    client.query(
      `with noted as (
         insert into operator_action (who, action, target, reason)
         select $3, 'operator.grant', left(format('%s <%s>, %s', u.name, u.email, t.name), 500),
           'Whoever starts Holdfast first looks after it'
         from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = $1 and u.id = $2
           and exists (select from operator_action where who = $3)
           and not exists (select from operator_action where who = $3 and action = 'operator.grant')
         returning id)
       insert into operator (tenant_id, user_id, granted_by) select $1, $2, $3 from noted where not exists (select from operator)`,
      [tenant_id, user_id, first_start],
    ),
  );

const own = { name: 'main', title: 'My workspace' };

async function makeTenant(ownerUrl: string, { name, title }: { name: string; title: string }): Promise<Workspace> {
  const { tenant_id } = await createTenant(ownerUrl, { name, title });
  return { id: tenant_id, name };
}

async function makeAdmin(ctx: Context): Promise<string> {
  const person = { email: 'admin@example.com', name: 'Administrator', roleKeys: ['admin'] };
  return (await createUser(ctx, person)).user_id;
}

async function findAdmin(ctx: Context): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ id: string }>(sql`
    select u.id from user_account u join user_role ur on ur.tenant_id = u.tenant_id and ur.user_id = u.id
    join role r on r.tenant_id = u.tenant_id and r.id = ur.role_id
    where u.tenant_id = ${ctx.tenant_id} and r.key = 'admin' and u.status = 'active' order by u.created_at, u.id limit 1`);
  return row?.id;
}
