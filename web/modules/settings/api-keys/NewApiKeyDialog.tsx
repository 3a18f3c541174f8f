import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { ShownOnceDialog } from '../../../platform/settings/ShownOnceDialog.tsx';
import { t } from '../../../text/text.ts';
import type { RoleChoice } from '../members/member.ts';
import { RolesNeeded } from '../members/RolesNeeded.tsx';

const title = t('New API key');

const fieldsWith = (roles: readonly RoleChoice[]): FieldDef[] => [
  { key: 'name', label: t('Name'), kind: 'text', required: true, placeholder: t('What it is for') },
  {
    key: 'role_id',
    label: t('Role'),
    kind: 'select',
    options: roles.map(({ id, name }) => ({ value: id, label: name })),
    required: true,
    help: t('It can do what the role allows, and no more than you'),
  },
  { key: 'expires_at', label: t('Expires'), kind: 'time', help: t('Empty: never') },
];

export function NewApiKeyDialog({ onClose }: { onClose: () => void }) {
  const [key, setKey] = useState<string | null>(null);
  if (key)
    return (
      <ShownOnceDialog
        title={t('Save this key')}
        description={t('It is shown only once. Anyone who has it can use it.')}
        secret={key}
        copy={t('Copy key')}
        copied={t('Key copied')}
        onClose={onClose}
      />
    );
  return (
    <RolesNeeded title={title} onClose={onClose}>
      {(roles) => (
        <FormDialog
          title={title}
          action={t('Create key')}
          fields={fieldsWith(roles)}
          start={{}}
          closeWhenSaved={false}
          onClose={onClose}
          onSave={async (body) => {
            const made = await withConfirmation(() => api.post<{ key: string }>('/api-keys', body));
            setKey(made.key);
            await queryClient.invalidateQueries({ queryKey: ['api_key'] });
          }}
        />
      )}
    </RolesNeeded>
  );
}
