import { CalendarClock, Ellipsis, LogOut, Mail, Pencil, ShieldOff, UserCheck, UserCog, UserX } from 'lucide-react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';
import { toast } from '../../../ui/toast.ts';
import { changeMember } from './changeMember.ts';
import type { OpenDialog } from './MemberDialogs.tsx';
import { type Invitation, type Member, noteInvitation } from './member.ts';

interface MemberMenuProps {
  member: Member;
  /** Whether an invitation is open; undefined where that is not known. */
  hasLink: boolean | undefined;
  onOpen: (dialog: OpenDialog) => void;
  /** Called with the link of an invitation where no mail server can send it. */
  onLink: (link: string) => void;
}

/** What the caller may do with a member. */
export function MemberMenu({ member, hasLink, onOpen, onLink }: MemberMenuProps) {
  const may = useMay();
  const { user } = useSession();
  const { name } = member;
  const path = `/users/${member.id}`;
  const mayChange = may('user', 'update');

  async function invite() {
    await attempt(async () => {
      const sent = await api.post<Invitation>(`/invitations/${member.id}/delivery`, {});
      await noteInvitation(member.id, true);
      if (sent.link) onLink(sent.link);
      else toast(t('The invitation to {name} is on its way', { name }));
    });
  }

  async function withdraw() {
    await api.delete(`/invitations/${member.id}`);
    await noteInvitation(member.id, false);
  }

  const actions: MenuAction[] = [];
  if (mayChange)
    actions.push({ label: t('Change name or e-mail'), icon: <Pencil size={14} />, onSelect: () => onOpen('person') });
  if (mayChange && may('role', 'read'))
    actions.push({ label: t('Change roles'), icon: <UserCog size={14} />, onSelect: () => onOpen('roles') });
  // Nobody ends or extends their own access.
  if (mayChange && member.id !== user.id)
    actions.push({
      label: t('Change when access ends'),
      icon: <CalendarClock size={14} />,
      onSelect: () => onOpen('access'),
    });
  if (member.status === 'invited' && may('user', 'create')) {
    actions.push({
      label: hasLink ? t('Send the invitation again') : t('Invite'),
      icon: <Mail size={14} />,
      onSelect: () => void invite(),
    });
    if (hasLink)
      actions.push({
        label: t('Withdraw the invitation'),
        icon: <UserX size={14} />,
        danger: true,
        onSelect: () => void changeMember(withdraw, t('Invitation withdrawn')),
      });
  }
  if (member.status !== 'invited' && mayChange)
    actions.push(
      {
        label: t('Sign out everywhere'),
        icon: <LogOut size={14} />,
        onSelect: () => void changeMember(() => api.delete(`${path}/sessions`), t('{name} is signed out', { name })),
      },
      { label: t('Remove second factor'), icon: <ShieldOff size={14} />, onSelect: () => onOpen('second-factor') },
    );
  if (member.status === 'disabled' && mayChange)
    actions.push({
      label: t('Enable'),
      icon: <UserCheck size={14} />,
      onSelect: () =>
        void changeMember(() => api.delete(`${path}/deactivation`), t('{name} may sign in again', { name })),
    });
  if (member.status === 'active' && mayChange && member.id !== user.id)
    actions.push({
      label: t('Disable'),
      icon: <UserX size={14} />,
      danger: true,
      group: true,
      onSelect: () => onOpen('disable'),
    });

  if (actions.length === 0) return null;
  return (
    <Menu
      align="end"
      actions={actions}
      trigger={
        <IconButton label={t('More about {name}', { name })}>
          <Ellipsis size={16} />
        </IconButton>
      }
    />
  );
}
