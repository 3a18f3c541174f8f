import { ArchiveRestore, Plus } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsEmpty } from '../../../platform/settings/SettingsEmpty.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { bringBack, type CustomField, extensibleTypes, labelOf, types, useCustomFields } from './customField.ts';
import { FieldDialog } from './FieldDialog.tsx';
import { FieldPanel } from './FieldPanel.tsx';
import { OptionDialog } from './OptionDialog.tsx';
import { TypeDialog } from './TypeDialog.tsx';

type Open = { what: 'new' } | { what: 'edit' | 'type' | 'rename'; field: CustomField };

/** The fields that a workspace adds to its records. */
export default function CustomFieldPage() {
  const may = useMay();
  const query = useCustomFields();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <SettingsSection
      title={t('Custom fields')}
      description={t(
        'Fields of your own. They work like all others: in lists, filters, forms, import, export and API.',
      )}
      action={
        may('custom_field', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setOpen({ what: 'new' })}>
            {t('New field')}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {({ data }) => (
          <div className="flex flex-col gap-8">
            {data.length === 0 && (
              <SettingsEmpty title={t('No custom fields yet')}>
                {t('Add what the built-in fields do not cover, such as a contract number.')}
              </SettingsEmpty>
            )}
            {extensibleTypes().map(({ value, label }) => (
              <FieldPanel
                key={value}
                label={label}
                fields={data.filter((field) => field.resource === value && !field.retired_at)}
                onEdit={(field) => setOpen({ what: 'edit', field })}
                onType={(field) => setOpen({ what: 'type', field })}
                onRename={(field) => setOpen({ what: 'rename', field })}
              />
            ))}
            <Retired fields={data.filter((field) => field.retired_at)} />
          </div>
        )}
      </Loaded>
      {open?.what === 'new' && <FieldDialog onClose={close} />}
      {open?.what === 'edit' && <FieldDialog field={open.field} onClose={close} />}
      {open?.what === 'rename' && <OptionDialog field={open.field} onClose={close} />}
      {open?.what === 'type' && <TypeDialog field={open.field} onClose={close} />}
    </SettingsSection>
  );
}

function Retired({ fields }: { fields: readonly CustomField[] }) {
  const may = useMay();
  if (fields.length === 0) return null;
  return (
    <section aria-label={t('Retired fields')}>
      <h3 className="mb-2 text-14">{t('Retired fields')}</h3>
      <Panel label={t('Retired fields')}>
        {fields.map((field) => (
          <PanelRow
            key={field.id}
            title={
              <>
                <bdi className="text-muted">{field.label}</bdi>
                <Badge>{labelOf(types(), field.type)}</Badge>
              </>
            }
            detail={`${labelOf(extensibleTypes(), field.resource)} · ${field.key}`}
            end={
              may('custom_field', 'delete') && (
                <Button size="small" icon={<ArchiveRestore size={14} />} onClick={() => void bringBack(field)}>
                  {t('Restore')}
                </Button>
              )
            }
          />
        ))}
      </Panel>
    </section>
  );
}
