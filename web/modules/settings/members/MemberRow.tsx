import { useState } from 'react';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { PanelRow } from '../../../platform/settings/Panel.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { formatList } from '../../../ui/format.ts';
import { accountKinds } from '../roles/rights.ts';
import { InvitationLinkDialog } from './InvitationLinkDialog.tsx';
import { MemberDialogs, type OpenDialog } from './MemberDialogs.tsx';
import { MemberMenu } from './MemberMenu.tsx';
import { type Member, useRoleName } from './member.ts';

interface MemberRowProps {
  member: Member;
  /** Whether an invitation is open; undefined where that is not known. */
  hasLink: boolean | undefined;
}

export function MemberRow({ member, hasLink }: MemberRowProps) {
  const may = useMay();
  const { user } = useSession();
  const roleName = useRoleName();
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const { access_until, last_sign_in_at } = member;
  const hasEnded = access_until !== null && new Date(access_until) <= new Date();
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
            {access_until && (
              <span className="block">
                <T
                  text={hasEnded ? 'Access ended <time></time>' : 'Access ends <time></time>'}
                  values={{ time: () => <DateText value={access_until} /> }}
                />
              </span>
            )}
            {last_sign_in_at && (
              <T text="Signed in <time></time>" values={{ time: () => <DateText value={last_sign_in_at} /> }} />
            )}
          </>
        }
        end={
          <>
            <span className="max-w-64 text-end text-13 wrap-anywhere text-muted max-sm:hidden">{roles}</span>
            <MemberMenu member={member} hasLink={hasLink} onOpen={setDialog} onLink={setLink} />
          </>
        }
      />
      <MemberDialogs member={member} open={dialog} onClose={() => setDialog(null)} />
      {link && <InvitationLinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}
