import { useQuery } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { changing, readAll } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsEmpty } from '../../../platform/settings/SettingsEmpty.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { signed } from '../score/score.ts';
import { RuleDialog } from './RuleDialog.tsx';
import { RuleMatches } from './RuleMatches.tsx';
import type { Rule } from './rule.ts';

/** Points that people give for what they know to matter. */
export function RuleSection() {
  const may = useMay();
  const [open, setOpen] = useState<Rule | 'new' | null>(null);
  const rules = useQuery({
    queryKey: ['scoring_rule', 'other', 'all'],
    queryFn: ({ signal }) => readAll<Rule>('/scoring-rules', { sort: 'name' }, signal),
  });
  const writes = may('scoring', 'update');

  const change = (said: string, work: () => Promise<{ change: string | null }>) =>
    attempt(async () => {
      const done = await work();
      await queryClient.invalidateQueries({ queryKey: ['scoring_rule'] });
      offerUndo(said, done.change);
    });

  return (
    <SettingsSection
      title={t('Scoring rules')}
      description={t('Points for what you know matters. A rule about contacts counts for their deals.')}
      action={
        may('scoring', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen('new')}>
            {t('New rule')}
          </Button>
        )
      }
    >
      <Loaded query={rules}>
        {({ data }) =>
          data.length === 0 ? (
            <SettingsEmpty title={t('No rules yet')}>
              {t('Such as 15 points for companies with more than 500 people, or −20 for students.')}
            </SettingsEmpty>
          ) : (
            <Panel label={t('Scoring rules')}>
              {data.map((rule) => (
                <PanelRow
                  key={rule.id}
                  title={
                    <>
                      <bdi>{rule.name}</bdi>
                      <Badge meaning={rule.points > 0 ? 'good' : 'bad'}>{signed(rule.points)}</Badge>
                    </>
                  }
                  detail={<RuleMatches resource={rule.resource} filter={rule.filter} />}
                  end={
                    <>
                      <Switch
                        label={t('Use the rule {name}', { name: rule.name })}
                        checked={rule.active}
                        disabled={!writes}
                        onChange={(active) =>
                          void change(active ? t('Rule in use') : t('Rule no longer in use'), () =>
                            changing.patch(`/scoring-rules/${rule.id}`, { active }, rule.version),
                          )
                        }
                      />
                      {writes && (
                        <IconButton
                          label={t('Edit the rule {name}', { name: rule.name })}
                          onClick={() => setOpen(rule)}
                        >
                          <Pencil size={14} />
                        </IconButton>
                      )}
                      {may('scoring', 'delete') && (
                        <IconButton
                          label={t('Delete the rule {name}', { name: rule.name })}
                          onClick={() =>
                            void change(t('Rule deleted'), () => changing.delete(`/scoring-rules/${rule.id}`))
                          }
                        >
                          <Trash2 size={14} />
                        </IconButton>
                      )}
                    </>
                  }
                />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {open && <RuleDialog rule={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />}
    </SettingsSection>
  );
}
