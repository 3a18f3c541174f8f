import { Ellipsis, LogOut, Mail, ShieldOff, UserCheck, UserCog, UserX } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { attempt } from '../../../app/attempt.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { useMay, useSession } from '../../../app/session.tsx';
import { Avatar } from '../../../ui/Avatar.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';
import { toast } from '../../../ui/toast.ts';
import { PanelRow } from '../Panel.tsx';
import { InvitationLinkDialog } from './InvitationLinkDialog.tsx';
import type { Invitation, Member } from './member.ts';
import { RolesDialog } from './RolesDialog.tsx';

export function MemberRow({ member }: { member: Member }) {
  const may = useMay();
  const { user } = useSession();
  const [assigning, setAssigning] = useState(false);
  const [link, setLink] = useState<string | null>(null);

  async function change(work: () => Promise<unknown>, done: string) {
    if (!(await attempt(work))) return;
    toast(done);
    await queryClient.invalidateQueries({ queryKey: ['user'] });
  }

  async function invite() {
    await attempt(async () => {
      const sent = await api.post<Invitation>(`/invitations/${member.id}/delivery`, {});
      if (sent.link) setLink(sent.link);
      else toast(`The invitation to ${member.name} is on its way`);
    });
  }

  const path = `/users/${member.id}`;
  const actions: MenuAction[] = [
    { label: 'Change roles', icon: <UserCog size={14} />, onSelect: () => setAssigning(true) },
  ];
  if (member.status === 'invited') {
    actions.push(
      { label: 'Send the invitation again', icon: <Mail size={14} />, onSelect: () => void invite() },
      {
        label: 'Withdraw the invitation',
        icon: <UserX size={14} />,
        danger: true,
        onSelect: () => void change(() => api.delete(`/invitations/${member.id}`), 'Invitation withdrawn'),
      },
    );
  } else {
    actions.push(
      {
        label: 'Sign out everywhere',
        icon: <LogOut size={14} />,
        onSelect: () => void change(() => api.delete(`${path}/sessions`), `${member.name} is signed out`),
      },
      {
        label: 'Remove second factor',
        icon: <ShieldOff size={14} />,
        onSelect: () => void change(() => api.delete(`${path}/second-factor`), 'Second factor removed'),
      },
    );
    if (member.status === 'disabled') {
      actions.push({
        label: 'Let in again',
        icon: <UserCheck size={14} />,
        onSelect: () => void change(() => api.delete(`${path}/deactivation`), `${member.name} may sign in again`),
      });
    } else if (member.id !== user.id) {
      actions.push({
        label: 'Disable',
        icon: <UserX size={14} />,
        danger: true,
        group: true,
        onSelect: () => void change(() => api.post(`${path}/deactivation`), `${member.name} is disabled`),
      });
    }
  }

  return (
    <>
      <PanelRow
        icon={<Avatar name={member.name} size="medium" />}
        title={
          <>
            <bdi>{member.name}</bdi>
            {member.id === user.id && <Badge>You</Badge>}
            {member.status === 'invited' && <Badge meaning="info">Invited</Badge>}
            {member.status === 'disabled' && <Badge meaning="bad">Disabled</Badge>}
          </>
        }
        detail={
          <>
            <bdi className="block truncate">{member.email ?? 'No e-mail address'}</bdi>
            {member.last_sign_in_at && (
              <>
                Signed in <DateText value={member.last_sign_in_at} />
              </>
            )}
          </>
        }
        end={
          <>
            <span className="text-13 text-muted">{member.roles.map((role) => role.name).join(', ') || 'No role'}</span>
            {may('user', 'update') && (
              <Menu
                align="end"
                actions={actions}
                trigger={
                  <IconButton label={`More about ${member.name}`}>
                    <Ellipsis size={16} />
                  </IconButton>
                }
              />
            )}
          </>
        }
      />
      {assigning && <RolesDialog member={member} onClose={() => setAssigning(false)} />}
      {link && <InvitationLinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}
