import { api } from '../../../app/api.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { FormDialog } from '../../../record/FormDialog.tsx';
import type { Member } from './member.ts';
import { RolesNeeded } from './RolesNeeded.tsx';

export function RolesDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const title = `Roles of ${member.name}`;
  return (
    <RolesNeeded title={title} onClose={onClose}>
      {(roles) => (
        <FormDialog
          title={title}
          description="What any of them allows is allowed."
          action="Save roles"
          fields={[
            {
              key: 'role_ids',
              label: 'Roles',
              kind: 'multi_select',
              options: roles.map(({ id, name }) => ({ value: id, label: name })),
            },
          ]}
          start={{ role_ids: member.roles.map(({ id }) => id) }}
          onClose={onClose}
          onSave={async (body) => {
            await api.put(`/users/${member.id}/roles`, body);
            await queryClient.invalidateQueries({ queryKey: ['user'] });
          }}
        />
      )}
    </RolesNeeded>
  );
}
