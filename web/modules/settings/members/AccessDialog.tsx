import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { t } from '../../../text/text.ts';
import type { Member } from './member.ts';

/** When somebody's access ends by itself. */
export function AccessDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  return (
    <FormDialog
      title={t('Access of {name}', { name: member.name })}
      description={t('At this time their sign-in, sessions, API keys and background work stop. Their records stay.')}
      action={t('Save')}
      fields={[
        {
          key: 'access_until',
          label: t('Access until'),
          kind: 'time',
          help: t('If empty, access continues until somebody ends it.'),
        },
      ]}
      start={{ access_until: member.access_until }}
      version={member.version}
      onClose={onClose}
      onSave={async (body, version) => {
        await api.patch(`/users/${member.id}`, body, version);
        await queryClient.invalidateQueries({ queryKey: ['user'] });
      }}
    />
  );
}
