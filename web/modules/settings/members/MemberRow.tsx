import { CalendarClock, Ellipsis, LogOut, Mail, Pencil, ShieldOff, UserCheck, UserCog, UserX } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { attempt } from '../../../app/attempt.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { useMay, useSession } from '../../../app/session.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { formatList } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';
import { toast } from '../../../ui/toast.ts';
import { PanelRow } from '../Panel.tsx';
import { accountKinds } from '../roles/rights.ts';
import { withConfirmation } from '../security/confirm.tsx';
import { AccessDialog } from './AccessDialog.tsx';
import { InvitationLinkDialog } from './InvitationLinkDialog.tsx';
import { MemberDialog } from './MemberDialog.tsx';
import { type Invitation, type Member, noteInvitation, useRoleName } from './member.ts';
import { RolesDialog } from './RolesDialog.tsx';

interface MemberRowProps {
  member: Member;
  /** Of an invitation that is open; undefined while nobody knows. */
  hasLink: boolean | undefined;
}

export function MemberRow({ member, hasLink }: MemberRowProps) {
  const may = useMay();
  const { user } = useSession();
  const roleName = useRoleName();
  const [assigning, setAssigning] = useState(false);
  const [editing, setEditing] = useState(false);
  const [ending, setEnding] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [disabling, setDisabling] = useState(false);
  const [link, setLink] = useState<string | null>(null);

  async function change(work: () => Promise<unknown>, done: string) {
    if (!(await attempt(() => withConfirmation(work)))) return;
    toast(done);
    await queryClient.invalidateQueries({ queryKey: ['user'] });
  }

  async function invite() {
    await attempt(async () => {
      const sent = await api.post<Invitation>(`/invitations/${member.id}/delivery`, {});
      await noteInvitation(member.id, true);
      if (sent.link) setLink(sent.link);
      else toast(t('The invitation to {name} is on its way', { name: member.name }));
    });
  }

  async function withdraw() {
    await api.delete(`/invitations/${member.id}`);
    await noteInvitation(member.id, false);
  }

  const path = `/users/${member.id}`;
  const hasEnded = member.access_until !== null && new Date(member.access_until) <= new Date();
  const mayChange = may('user', 'update');
  const actions: MenuAction[] = [];
  if (mayChange)
    actions.push({ label: t('Change name or e-mail'), icon: <Pencil size={14} />, onSelect: () => setEditing(true) });
  if (mayChange && may('role', 'read'))
    actions.push({ label: t('Change roles'), icon: <UserCog size={14} />, onSelect: () => setAssigning(true) });
  // Nobody ends or extends their own access.
  if (mayChange && member.id !== user.id)
    actions.push({
      label: t('Change when access ends'),
      icon: <CalendarClock size={14} />,
      onSelect: () => setEnding(true),
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
        onSelect: () => void change(withdraw, t('Invitation withdrawn')),
      });
  }
  if (member.status !== 'invited' && mayChange) {
    actions.push(
      {
        label: t('Sign out everywhere'),
        icon: <LogOut size={14} />,
        onSelect: () =>
          void change(() => api.delete(`${path}/sessions`), t('{name} is signed out', { name: member.name })),
      },
      {
        label: t('Remove second factor'),
        icon: <ShieldOff size={14} />,
        onSelect: () => setRemoving(true),
      },
    );
    if (member.status === 'disabled') {
      actions.push({
        label: t('Let in again'),
        icon: <UserCheck size={14} />,
        onSelect: () =>
          void change(() => api.delete(`${path}/deactivation`), t('{name} may sign in again', { name: member.name })),
      });
    } else if (member.id !== user.id) {
      actions.push({
        label: t('Disable'),
        icon: <UserX size={14} />,
        danger: true,
        group: true,
        onSelect: () => setDisabling(true),
      });
    }
  }

  // Whoever may not read roles is not told of any, which is not to say that somebody has none.
  const roles = formatList(member.roles.map(roleName)) || (may('role', 'read') ? t('No role') : null);

  return (
    <>
      <PanelRow
        icon={<Avatar name={member.name} size="medium" />}
        title={
          <>
            <bdi>{member.name}</bdi>
            {member.id === user.id && <Badge>{t('You')}</Badge>}
            {member.status === 'invited' && hasLink && <Badge meaning="info">{t('Invited')}</Badge>}
            {member.status === 'invited' && hasLink === false && <Badge>{t('No open invitation')}</Badge>}
            {member.status === 'disabled' && <Badge meaning="bad">{t('Disabled')}</Badge>}
            {member.kind && member.kind !== 'member' && (
              <Badge>{accountKinds.find(({ value }) => value === member.kind)?.label}</Badge>
            )}
            {hasEnded && <Badge meaning="attention">{t('Access ended')}</Badge>}
          </>
        }
        detail={
          <>
            <span className="block sm:hidden">{roles}</span>
            <bdi className="block max-sm:wrap-anywhere sm:truncate">{member.email ?? t('No e-mail address')}</bdi>
            {member.access_until && (
              <span className="block">
                {hasEnded ? (
                  <T
                    text="Access ended <time></time>"
                    values={{ time: () => <DateText value={member.access_until as string} /> }}
                  />
                ) : (
                  <T
                    text="Access ends <time></time>"
                    values={{ time: () => <DateText value={member.access_until as string} /> }}
                  />
                )}
              </span>
            )}
            {member.last_sign_in_at && (
              <T
                text="Signed in <time></time>"
                values={{ time: () => <DateText value={member.last_sign_in_at as string} /> }}
              />
            )}
          </>
        }
        end={
          <>
            <span className="max-w-64 text-end text-13 wrap-anywhere text-muted max-sm:hidden">{roles}</span>
            {actions.length > 0 && (
              <Menu
                align="end"
                actions={actions}
                trigger={
                  <IconButton label={t('More about {name}', { name: member.name })}>
                    <Ellipsis size={16} />
                  </IconButton>
                }
              />
            )}
          </>
        }
      />
      {editing && <MemberDialog member={member} onClose={() => setEditing(false)} />}
      {ending && <AccessDialog member={member} onClose={() => setEnding(false)} />}
      {assigning && <RolesDialog member={member} onClose={() => setAssigning(false)} />}
      <ConfirmDialog
        open={removing}
        danger
        title={t('Remove the second factor of {name}?', { name: member.name })}
        description={t(
          'Their authenticator app, recovery codes and passkeys stop working, and their password alone signs them in. Make sure that it is really them who asks.',
        )}
        action={t('Remove second factor')}
        onClose={() => setRemoving(false)}
        onConfirm={() => {
          setRemoving(false);
          void change(() => api.delete(`${path}/second-factor`), t('Second factor removed'));
        }}
      />
      <ConfirmDialog
        open={disabling}
        danger
        title={t('Disable {name}?', { name: member.name })}
        description={t(
          'They are signed out at once, and their API keys stop, until somebody lets them in again. Their records stay.',
        )}
        action={t('Disable')}
        onClose={() => setDisabling(false)}
        onConfirm={() => {
          setDisabling(false);
          void change(() => api.post(`${path}/deactivation`), t('{name} is disabled', { name: member.name }));
        }}
      />
      {link && <InvitationLinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}
