import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api, readAll } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { LongList } from '../../../platform/settings/LongList.tsx';
import { Panel } from '../../../platform/settings/Panel.tsx';
import { SettingsEmpty } from '../../../platform/settings/SettingsEmpty.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { toast } from '../../../ui/toast.ts';
import { type Team, type TeamMember, TeamRow } from './TeamRow.tsx';

const fields: FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  { key: 'region', label: t('Region'), kind: 'text' },
  { key: 'manager_id', label: t('Manager'), kind: 'reference', of: 'user', expand: 'manager' },
];
const memberField: FieldDef[] = [{ key: 'user_id', label: t('Member'), kind: 'reference', of: 'user', required: true }];

type Open = { what: 'new' } | { what: 'edit' | 'delete' | 'add'; team: Team };

export default function TeamPage() {
  const may = useMay();
  const [open, setOpen] = useState<Open | null>(null);
  const teams = useQuery({
    queryKey: ['team', 'other', 'all'],
    queryFn: ({ signal }) => readAll<Team>('/teams', { sort: 'name' }, signal),
  });
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['team'] });
  /**
   * The server undoes no change of a team, because that could give rights away; what can be done the other way round
   * is.
   */
  async function done(message: string, undo?: () => Promise<unknown>) {
    toast(message, { action: undo && { label: t('Undo'), run: () => void attempt(() => undo().then(refresh)) } });
    await refresh();
  }

  const pathOfMember = (team: Team, id: string) => `/teams/${team.id}/members/${id}`;

  async function takeOut(team: Team, { id, name }: TeamMember) {
    const path = pathOfMember(team, id);
    await api.delete(path);
    await done(t('{name} is no longer in {team}', { name, team: team.name }), () => api.put(path));
  }

  async function add(team: Team, id: string) {
    const path = pathOfMember(team, id);
    const isMember = (one: TeamMember) => one.id === id;
    const { members } = await api.put<Team>(path);
    const message = t('{name} is now in {team}', { name: members.find(isMember)?.name ?? '', team: team.name });
    await done(message, team.members.some(isMember) ? undefined : () => api.delete(path));
  }

  async function remove({ id, name, version }: Team) {
    await api.delete(`/teams/${id}`, version);
    await done(t('“{name}” is deleted', { name }));
  }

  return (
    <SettingsSection
      title={t('Teams')}
      description={t('Roles with the scope “team” let its members see and change each other’s records.')}
      action={
        may('team', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen({ what: 'new' })}>
            {t('New team')}
          </Button>
        )
      }
    >
      <Loaded query={teams}>
        {({ data }) =>
          data.length === 0 ? (
            <SettingsEmpty title={t('No teams yet')}>
              {t('Group people who work on the same records into a team.')}
            </SettingsEmpty>
          ) : (
            <LongList rows={data} label={t('Search teams')} textOf={({ name, region }) => `${name} ${region ?? ''}`}>
              {(shown) => (
                <Panel label={t('Teams')}>
                  {shown.map((team) => (
                    <TeamRow
                      key={team.id}
                      team={team}
                      onOpen={(what) => setOpen({ what, team })}
                      takeOut={(member) => takeOut(team, member)}
                    />
                  ))}
                </Panel>
              )}
            </LongList>
          )
        }
      </Loaded>
      {open?.what === 'new' && (
        <FormDialog
          title={t('New team')}
          action={t('Create team')}
          fields={fields}
          start={{}}
          onClose={() => setOpen(null)}
          onSave={(body) => api.post('/teams', body).then(() => done(t('Team created')))}
        />
      )}
      {open?.what === 'edit' && (
        <FormDialog
          title={t('Edit team')}
          action={t('Save')}
          fields={fields}
          start={{ name: open.team.name, region: open.team.region, manager_id: open.team.manager }}
          version={open.team.version}
          onClose={() => setOpen(null)}
          onSave={(body, version) => api.patch(`/teams/${open.team.id}`, body, version).then(() => done(t('Saved')))}
        />
      )}
      {open?.what === 'add' && (
        <FormDialog
          title={t('Add a member to {name}', { name: open.team.name })}
          action={t('Add member')}
          fields={memberField}
          start={{}}
          onClose={() => setOpen(null)}
          onSave={(body) => add(open.team, String(body.user_id))}
        />
      )}
      {open?.what === 'delete' && (
        <ConfirmDialog
          open
          danger
          title={t('Delete “{name}”?', { name: open.team.name })}
          description={t('Its members stay, and no longer share records through it.')}
          action={t('Delete team')}
          onClose={() => setOpen(null)}
          onConfirm={() => {
            setOpen(null);
            void attempt(() => remove(open.team));
          }}
        />
      )}
    </SettingsSection>
  );
}
