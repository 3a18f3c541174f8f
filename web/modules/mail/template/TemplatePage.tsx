import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsEmpty } from '../../../platform/settings/SettingsEmpty.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { TemplateDialog } from './TemplateDialog.tsx';
import { refreshTemplates, type Template, useTemplates } from './templates.ts';

/** One's own templates and those that colleagues share. */
export default function TemplatePage() {
  const may = useMay();
  const { user } = useSession();
  const templates = useTemplates();
  const [open, setOpen] = useState<Template | 'new' | null>(null);
  const remove = ({ id, name }: Template) =>
    void attempt(async () => {
      const { change } = await changing.delete(`/mail-templates/${id}`);
      offerUndo(t('“{name}” is deleted', { name }), change);
      await refreshTemplates();
    });
  return (
    <SettingsSection
      title={t('Mail templates')}
      description={t('Texts that you write again and again, with the values of the person in them.')}
      action={
        may('mailbox', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen('new')}>
            {t('New template')}
          </Button>
        )
      }
    >
      <Loaded query={templates}>
        {(rows) =>
          rows.length === 0 ? (
            <SettingsEmpty title={t('No templates yet')}>
              {t('Press “{button}” to add the first.', { button: t('New template') })}
            </SettingsEmpty>
          ) : (
            <Panel label={t('Mail templates')}>
              {rows.map((template) => {
                const { id, name, subject, shared, owner_id, owner } = template;
                const isMine = owner_id === user.id || owner_id === null;
                return (
                  <PanelRow
                    key={id}
                    title={
                      <>
                        <bdi>{name}</bdi>
                        {shared && <Badge meaning="neutral">{isMine ? t('For everybody') : (owner?.name ?? '')}</Badge>}
                      </>
                    }
                    detail={subject}
                    end={
                      isMine &&
                      may('mailbox', 'update') && (
                        <>
                          <IconButton label={t('Edit {name}', { name })} onClick={() => setOpen(template)}>
                            <Pencil size={14} />
                          </IconButton>
                          <IconButton label={t('Delete {name}', { name })} onClick={() => remove(template)}>
                            <Trash2 size={14} />
                          </IconButton>
                        </>
                      )
                    }
                  />
                );
              })}
            </Panel>
          )
        }
      </Loaded>
      {open && <TemplateDialog template={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />}
    </SettingsSection>
  );
}
