import {
  createApiKey,
  createPasswordLink,
  createSignInLink,
  createUser,
  linkAccounts,
  roleIdsOf,
} from '../kernel/identity/index.ts';
import { invitationRequest } from '../kernel/identity/invitation/contract.ts';
import { readAddress } from '../kernel/installation.ts';
import {
  type Call,
  type Command,
  listed,
  listed_max,
  tenantId,
  tenantIdOf,
  UsageError,
  withSystem,
  withTenant,
} from './command.ts';

const tenant = { needed: true, help: 'Name of the workspace' } as const;

const linkTo = async ({ config }: Call, page: string, token: string) => `${await readAddress(config)}${page}#${token}`;

function emailOf(text: string): string {
  const parsed = invitationRequest.shape.email.safeParse(text);
  if (!parsed.success) throw new UsageError(`--email is no address. ${parsed.error.issues[0]!.message}.`);
  return parsed.data;
}

export const identityCommands: Command[] = [
  {
    name: 'user create',
    summary: 'Makes a user and prints a one-time sign-in link for them.',
    flags: {
      tenant,
      email: { needed: true, help: 'Address they sign in with' },
      name: { needed: true, help: 'Their name' },
      role: { help: 'admin, manager, member, viewer, …; member by default' },
    },
    run: async (call) => {
      const { name, role = 'member' } = call.flags;
      const email = emailOf(call.flags.email!);
      const { user_id, token } = await withTenant(call, async (ctx) => {
        const made = await createUser(ctx, { email, name: name!, roleKeys: [role] });
        return { ...made, token: await createSignInLink(ctx, made.user_id) };
      });
      const link = await linkTo(call, '/sign-in/link', token);
      call.answer({ user_id, sign_in_link: link }, `Made the user ${email}. They sign in once with:\n${link}`);
      return 0;
    },
  },
  {
    name: 'user list',
    reads: true,
    summary: 'Lists who signs in to a workspace.',
    flags: { tenant },
    run: async (call) => {
      const tenant_id = await tenantId(call);
      const users = await withSystem(call, async (client) => {
        const { rows } = await client.query<{ email: string; name: string; status: string; roles: string }>(
          `select u.email, u.name, u.status, coalesce((select string_agg(r.key, ', ' order by r.key) from user_role x
             join role r on r.tenant_id = x.tenant_id and r.id = x.role_id where x.tenant_id = u.tenant_id and x.user_id = u.id),
               '') as roles
           from user_account u where u.tenant_id = $1 and u.email is not null order by u.created_at, u.id limit $2`,
          [tenant_id, listed_max + 1],
        );
        return listed(call, rows);
      });
      const lines = users.map(({ email, name, status, roles }) => `${email}  ${name}  ${status}  ${roles}`);
      call.answer(users, lines.join('\n') || 'Nobody yet: holdfast user create');
      return 0;
    },
  },
  {
    name: 'user sign-in-link',
    summary: 'Prints a link that signs in once: without flags, of the first administrator of the oldest workspace.',
    flags: {
      tenant: { help: 'Name of the workspace; the oldest by default' },
      email: { help: 'Address they sign in with; that of the first administrator by default' },
    },
    run: async (call) => {
      const { tenant: name, email } = call.flags;
      const found = await withSystem(call, async (client) => {
        const { rows } = await client.query<{ tenant: string; user_id: string; email: string }>(
          `select t.name as tenant, u.id as user_id, u.email from tenant t join user_account u on u.tenant_id = t.id
           where t.name <> 'system' and t.name = coalesce($1, t.name) and not exists (select from tenant_deletion d
             where d.of_tenant = t.id)
             and u.status = 'active' and u.email is not null
             and case when $2::text is null then exists (select from user_role x join role r on r.tenant_id = x.tenant_id
               and r.id = x.role_id
                   where x.tenant_id = u.tenant_id and x.user_id = u.id and r.key = 'admin')
                 else u.email_key = app.email_key($2) end
           order by t.created_at, t.id, u.created_at, u.id limit 1`,
          [name, email],
        );
        return rows[0];
      });
      if (!found)
        throw new UsageError(
          email === undefined ? 'There is no administrator who may sign in.' : `Nobody signs in there with ${email}.`,
        );
      const named = { ...call, flags: { ...call.flags, tenant: found.tenant } };
      const token = await withTenant(named, (ctx) => createSignInLink(ctx, found.user_id));
      const link = await linkTo(call, '/sign-in/link', token);
      call.answer({ sign_in_link: link, tenant: found.tenant, email: found.email }, link);
      call.say(`It signs in as ${found.email} in the workspace ${found.tenant}, once.`);
      return 0;
    },
  },
  {
    name: 'user password-link',
    summary: 'Prints a one-time link with which a user sets a new password, where no mail server sends it.',
    flags: { tenant, email: { needed: true, help: 'Address they sign in with' } },
    run: async (call) => {
      const { email } = call.flags;
      const token = await withTenant(call, (ctx) => createPasswordLink(ctx, email!));
      if (token === undefined) throw new UsageError(`Nobody in the workspace signs in with ${email}.`);
      const link = await linkTo(call, '/password-reset', token);
      call.answer({ password_link: link }, link);
      return 0;
    },
  },
  {
    name: 'user link',
    summary:
      'Says that accounts in two workspaces are the same person’s, who then changes between them without signing in again.',
    flags: {
      tenant,
      email: { needed: true, help: 'Address they sign in with' },
      'to-tenant': { needed: true, help: 'Name of the other workspace' },
      'to-email': { needed: true, help: 'Address they sign in with there' },
    },
    run: async (call) => {
      const { email, 'to-tenant': to_tenant, 'to-email': to_email } = call.flags;
      const [tenant_id, to_id] = [await tenantId(call), await tenantIdOf(call.installation, to_tenant!)];
      if (tenant_id === to_id) throw new UsageError('Name two workspaces.');
      await withSystem(call, async (client) => {
        const find = async (in_tenant: string, address: string) => {
          const { rows } = await client.query<{ tenant_id: string; user_id: string }>(
            'select tenant_id, id as user_id from user_account where tenant_id = $1 and email_key = app.email_key($2)',
            [in_tenant, address],
          );
          if (!rows[0]) throw new UsageError(`Nobody in the workspace signs in with ${address}.`);
          return rows[0];
        };
        await linkAccounts(client, await find(tenant_id, email!), await find(to_id, to_email!));
      });
      const linked = { tenant_id, to_tenant_id: to_id };
      call.answer(
        linked,
        `Linked ${email} with ${to_email} in ${to_tenant}. They change between them in the menu at the top left.`,
      );
      return 0;
    },
  },
  {
    name: 'api-key create',
    summary: 'Makes an API key and prints it, alone, on stdout. It is shown this once.',
    flags: { tenant, role: { needed: true, help: 'Role whose rights it has' }, name: { help: 'What it is for' } },
    run: async (call) => {
      const made = await withTenant(call, async (ctx) => {
        const [role_id] = await roleIdsOf(ctx, [call.flags.role!]);
        return createApiKey(ctx, { name: call.flags.name ?? 'Command line', role_id: role_id! });
      });
      call.answer(made, made.key);
      return 0;
    },
  },
];
