import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { AccessDialog } from './AccessDialog.tsx';
import { changeMember } from './changeMember.ts';
import { MemberDialog } from './MemberDialog.tsx';
import type { Member } from './member.ts';
import { RolesDialog } from './RolesDialog.tsx';

/** The dialogs of a member, of which one is open at a time. */
export type OpenDialog = 'person' | 'roles' | 'access' | 'second-factor' | 'disable';

interface MemberDialogsProps {
  member: Member;
  open: OpenDialog | null;
  onClose: () => void;
}

export function MemberDialogs({ member, open, onClose }: MemberDialogsProps) {
  const { name } = member;
  const path = `/users/${member.id}`;
  return (
    <>
      {open === 'person' && <MemberDialog member={member} onClose={onClose} />}
      {open === 'access' && <AccessDialog member={member} onClose={onClose} />}
      {open === 'roles' && <RolesDialog member={member} onClose={onClose} />}
      <ConfirmDialog
        open={open === 'second-factor'}
        danger
        title={t('Remove the second factor of {name}?', { name })}
        description={t(
          'Their authenticator app, recovery codes and passkeys stop working, and their password alone signs them in. Make sure that the request really comes from them.',
        )}
        action={t('Remove second factor')}
        onClose={onClose}
        onConfirm={() => {
          onClose();
          void changeMember(() => api.delete(`${path}/second-factor`), t('Second factor removed'));
        }}
      />
      <ConfirmDialog
        open={open === 'disable'}
        danger
        title={t('Disable {name}?', { name })}
        description={t(
          'They are signed out at once, and their API keys stop, until somebody enables them again. Their records stay.',
        )}
        action={t('Disable')}
        onClose={onClose}
        onConfirm={() => {
          onClose();
          void changeMember(() => api.post(`${path}/deactivation`), t('{name} is disabled', { name }));
        }}
      />
    </>
  );
}
