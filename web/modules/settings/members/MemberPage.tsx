import { Search, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { SearchInput } from '../../../ui/SearchInput.tsx';
import { Select } from '../../../ui/Select.tsx';
import { useDebounced } from '../../../ui/useDebounced.ts';
import { InviteDialog } from './InviteDialog.tsx';
import { MemberRow } from './MemberRow.tsx';
import { everybody, type Member, type MemberSearch, memberFilter, useOpenInvitations, useRoles } from './member.ts';

const typing_ms = 150;

export default function MemberPage() {
  const may = useMay();
  const [inviting, setInviting] = useState(false);
  const [search, setSearch] = useState(everybody);
  const filter = memberFilter({ ...search, text: useDebounced(search.text, typing_ms) });
  const members = useRecords<Member>('user', { filter, sort: 'name', limit: 100, keepPrevious: true });
  const open = useOpenInvitations();
  return (
    <SettingsSection
      title={t('Members')}
      description={t('Who works here, and with which roles.')}
      action={
        // Nobody is invited without a role.
        may('user', 'create') &&
        may('role', 'read') && (
          <Button emphasis="primary" icon={<UserPlus size={14} />} onClick={() => setInviting(true)}>
            {t('Invite')}
          </Button>
        )
      }
    >
      <MemberFilters search={search} onChange={setSearch} />
      <Loaded query={{ ...members, data: members.data && members.rows }}>
        {(rows) =>
          rows.length === 0 && filter ? (
            <EmptyState
              icon={<Search size={18} />}
              title={t('No members match')}
              action={<Button onClick={() => setSearch(everybody)}>{t('Show all members')}</Button>}
            />
          ) : (
            <Panel label={t('Members')}>
              {rows.map((member) => (
                <MemberRow key={member.id} member={member} hasLink={open?.has(member.id)} />
              ))}
            </Panel>
          )
        }
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

const statuses = [
  { value: 'all', label: t('Any status') },
  { value: 'active', label: t('Active') },
  { value: 'invited', label: t('Not signed in yet') },
  { value: 'disabled', label: t('Disabled') },
];

interface MemberFiltersProps {
  search: MemberSearch;
  onChange: (search: MemberSearch) => void;
}

function MemberFilters({ search, onChange }: MemberFiltersProps) {
  const may = useMay();
  const { data: roles } = useRoles(may('role', 'read'));
  return (
    <div className="mb-3 flex flex-wrap gap-2">
      <SearchInput
        aria-label={t('Search people')}
        placeholder={t('Name or e-mail')}
        className="min-w-48 flex-1 max-sm:basis-full"
        maxLength={200}
        value={search.text}
        onValueChange={(text) => onChange({ ...search, text })}
      />
      {roles && (
        <Select
          label={t('Role')}
          className="w-44! max-sm:flex-1"
          options={[
            { value: 'all', label: t('Any role') },
            ...roles.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={search.role}
          onChange={(role) => onChange({ ...search, role })}
        />
      )}
      <Select
        label={t('Status')}
        className="w-44! max-sm:flex-1"
        options={statuses}
        value={search.status}
        onChange={(status) => onChange({ ...search, status })}
      />
    </div>
  );
}
