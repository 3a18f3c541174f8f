import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { t } from '../../../text/text.ts';
import { type Member, roleOptions } from './member.ts';
import { RolesNeeded } from './RolesNeeded.tsx';

export function RolesDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const title = t('Roles of {name}', { name: member.name });
  return (
    <RolesNeeded title={title} onClose={onClose}>
      {(roles) => (
        <FormDialog
          title={title}
          description={t('Whatever any of them allows is allowed.')}
          action={t('Save roles')}
          fields={[
            {
              key: 'role_ids',
              label: t('Roles'),
              kind: 'multi_select',
              options: roleOptions(roles, member.kind ?? 'member'),
            },
          ]}
          start={{ role_ids: member.roles.map(({ id }) => id) }}
          version={member.version}
          onClose={onClose}
          onSave={async (body, version) => {
            await api.put(`/users/${member.id}/roles`, body, version);
            await queryClient.invalidateQueries({ queryKey: ['user'] });
          }}
        />
      )}
    </RolesNeeded>
  );
}
