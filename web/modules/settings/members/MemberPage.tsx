import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useRecords } from '../../../app/records.ts';
import { useMay } from '../../../app/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Loaded } from '../Loaded.tsx';
import { Panel } from '../Panel.tsx';
import { SettingsSection } from '../SettingsSection.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { MemberRow } from './MemberRow.tsx';
import { type Member, useOpenInvitations } from './member.ts';

export default function MemberPage() {
  const may = useMay();
  const [inviting, setInviting] = useState(false);
  const members = useRecords<Member>('user', { sort: 'name', limit: 100, count: true });
  const open = useOpenInvitations();
  return (
    <SettingsSection
      title={t('Members')}
      description={t('Who works here, and with which roles.')}
      action={
        may('user', 'create') && (
          <Button emphasis="primary" icon={<UserPlus size={14} />} onClick={() => setInviting(true)}>
            {t('Invite')}
          </Button>
        )
      }
    >
      <Loaded query={{ ...members, data: members.data && members.rows }}>
        {(rows) => (
          <Panel label={t('Members')}>
            {rows.map((member) => (
              <MemberRow key={member.id} member={member} hasLink={open?.has(member.id)} />
            ))}
          </Panel>
        )}
      </Loaded>
      {members.hasNextPage && (
        <Button className="mt-3" busy={members.isFetchingNextPage} onClick={() => void members.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </SettingsSection>
  );
}
