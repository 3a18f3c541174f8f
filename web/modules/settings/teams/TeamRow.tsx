import { Pencil, Trash2, UserPlus, X } from 'lucide-react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { team } from '../../../../src/kernel/identity/team/contract.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { InParts } from '../../../platform/settings/LongList.tsx';
import { PanelRow } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { PersonName } from '../../../ui/PersonName.tsx';

export type Team = RowOf<typeof team>;
export type TeamMember = Team['members'][number];

interface TeamRowProps {
  team: Team;
  onOpen: (what: 'edit' | 'delete' | 'add') => void;
  /** Takes a member out of the team. */
  takeOut: (member: TeamMember) => Promise<void>;
}

/** A team with its members, and what the caller may do with them. */
export function TeamRow({ team, onOpen, takeOut }: TeamRowProps) {
  const may = useMay();
  const mayUpdate = may('team', 'update');
  return (
    <PanelRow
      title={<bdi>{team.name}</bdi>}
      detail={[team.region, team.manager && t('led by {name}', { name: team.manager.name })]
        .filter(Boolean)
        .join(' · ')}
      end={
        <>
          {mayUpdate && (
            <>
              <IconButton label={t('Add a member to {name}', { name: team.name })} onClick={() => onOpen('add')}>
                <UserPlus size={14} />
              </IconButton>
              <IconButton label={t('Edit {name}', { name: team.name })} onClick={() => onOpen('edit')}>
                <Pencil size={14} />
              </IconButton>
            </>
          )}
          {may('team', 'delete') && (
            <IconButton label={t('Delete {name}', { name: team.name })} onClick={() => onOpen('delete')}>
              <Trash2 size={14} />
            </IconButton>
          )}
        </>
      }
    >
      <InParts rows={team.members}>
        {(members) => (
          <ul aria-label={t('Members of {name}', { name: team.name })} className="flex flex-wrap gap-x-4 gap-y-1">
            {members.map((member) => (
              <li key={member.id} className="flex max-w-full items-center gap-1 text-13 text-ink">
                <PersonName name={member.name} />
                {mayUpdate && (
                  <IconButton
                    label={t('Remove {name} from {team}', { name: member.name, team: team.name })}
                    size="small"
                    onClick={() => void attempt(() => takeOut(member))}
                  >
                    <X size={12} />
                  </IconButton>
                )}
              </li>
            ))}
          </ul>
        )}
      </InParts>
    </PanelRow>
  );
}
