import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { t } from '../../../text/text.ts';
import type { Member } from './member.ts';

/** How somebody is called, and the address they sign in with. */
export function MemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  return (
    <FormDialog
      title={t('Name and e-mail of {name}', { name: member.name })}
      action={t('Save')}
      fields={[
        { key: 'name', label: t('Name'), kind: 'text', required: true },
        { key: 'email', label: t('E-mail'), kind: 'email', required: true },
      ]}
      start={{ name: member.name, email: member.email }}
      version={member.version}
      onClose={onClose}
      onSave={async (body, version) => {
        await withConfirmation(() => api.patch(`/users/${member.id}`, body, version));
        await Promise.all(['user', 'session'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
      }}
    />
  );
}
