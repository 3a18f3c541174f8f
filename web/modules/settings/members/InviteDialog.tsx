import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { withFields } from '../../../platform/query/problem.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { toast } from '../../../ui/toast.ts';
import { accountKinds } from '../roles/rights.ts';
import { InvitationLinkDialog } from './InvitationLinkDialog.tsx';
import { type Invitation, noteInvitation, type RoleChoice, roleOptions } from './member.ts';
import { RolesNeeded } from './RolesNeeded.tsx';

const title = t('Invite someone');

export function InviteDialog({ onClose }: { onClose: () => void }) {
  return (
    <RolesNeeded title={title} onClose={onClose}>
      {(roles) => <InviteForm roles={roles} onClose={onClose} />}
    </RolesNeeded>
  );
}

/** For each kind of account, the role that is proposed: that of members, or else the first. */
function startOf(roles: readonly RoleChoice[]): Record<string, unknown> {
  const usual = accountKinds.map(({ value }) => {
    const some = roles.filter(({ kind }) => kind === value);
    const first = some.find(({ key }) => key === 'member') ?? some[0];
    return [`role_ids.${value}`, first ? [first.id] : []];
  });
  return { kind: 'member', ...Object.fromEntries(usual) };
}

function InviteForm({ roles, onClose }: { roles: readonly RoleChoice[]; onClose: () => void }) {
  const [link, setLink] = useState<string | null>(null);
  if (link) return <InvitationLinkDialog link={link} onClose={onClose} />;
  return (
    <FormDialog
      title={title}
      description={t('They get a link to set a password and sign in.')}
      action={t('Invite')}
      fields={[
        { key: 'name', label: t('Name'), kind: 'text', required: true },
        { key: 'email', label: t('E-mail'), kind: 'email', required: true },
        {
          key: 'kind',
          label: t('Kind of account'),
          kind: 'select',
          required: true,
          options: accountKinds.filter(({ value }) => roles.some(({ kind }) => kind === value)),
        },
        // Roles are for one kind of accounts.
        ...accountKinds.map(
          ({ value }): FieldDef => ({
            key: `role_ids.${value}`,
            label: t('Roles'),
            kind: 'multi_select',
            required: true,
            options: roleOptions(roles, value),
            shownWhen: ({ kind }) => kind === value,
          }),
        ),
        {
          key: 'access_until',
          label: t('Access until'),
          kind: 'time',
          help: t('Sign-in, sessions and keys then stop automatically. Without it, access continues.'),
          shownWhen: ({ kind }) => kind !== 'member',
        },
      ]}
      start={startOf(roles)}
      closeWhenSaved={false}
      onClose={onClose}
      onSave={async ({ kind, ...body }) => {
        const roleField = `role_ids.${String(kind)}`;
        const invitation = {
          name: body.name,
          email: body.email,
          role_ids: body[roleField],
          ...(body.access_until ? { access_until: body.access_until } : {}),
        };
        const made = await api.post<Invitation>('/invitations', invitation).catch((error: unknown) => {
          throw withFields(error, (field) => (field === 'role_ids' ? roleField : field));
        });
        await noteInvitation(made.user.id, true);
        if (made.link) {
          setLink(made.link);
          return;
        }
        toast(t('The invitation to {email} is on its way', { email: String(body.email) }));
        onClose();
      }}
    />
  );
}
