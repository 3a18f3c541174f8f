import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { FormDialog } from '../../../record/FormDialog.tsx';
import { t } from '../../../text/text.ts';
import { toast } from '../../../ui/toast.ts';
import { InvitationLinkDialog } from './InvitationLinkDialog.tsx';
import { type Invitation, noteInvitation, type RoleChoice } from './member.ts';
import { RolesNeeded } from './RolesNeeded.tsx';

const title = t('Invite someone');

export function InviteDialog({ onClose }: { onClose: () => void }) {
  return (
    <RolesNeeded title={title} onClose={onClose}>
      {(roles) => <InviteForm roles={roles} onClose={onClose} />}
    </RolesNeeded>
  );
}

function InviteForm({ roles, onClose }: { roles: readonly RoleChoice[]; onClose: () => void }) {
  const [link, setLink] = useState<string | null>(null);
  if (link) return <InvitationLinkDialog link={link} onClose={onClose} />;
  const member = roles.find(({ key }) => key === 'member') ?? roles[0];
  return (
    <FormDialog
      title={title}
      description={t('They get a link, with which they set a password and sign in.')}
      action={t('Invite')}
      fields={[
        { key: 'name', label: t('Name'), kind: 'text', required: true },
        { key: 'email', label: t('E-mail'), kind: 'email', required: true },
        {
          key: 'role_ids',
          label: t('Roles'),
          kind: 'multi_select',
          required: true,
          options: roles.map(({ id, name }) => ({ value: id, label: name })),
        },
      ]}
      start={{ role_ids: member ? [member.id] : [] }}
      closeWhenSaved={false}
      onClose={onClose}
      onSave={async (body) => {
        const made = await api.post<Invitation>('/invitations', body);
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
