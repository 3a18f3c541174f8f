import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { Popover } from '../../ui/Popover.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { Part, PartGroup, State } from './Part.tsx';
import { long_name } from './samples.ts';

export function LayerParts() {
  const [open, setOpen] = useState<'dialog' | 'confirm' | 'panel' | null>(null);
  const close = () => setOpen(null);
  return (
    <PartGroup title={t('Layers')}>
      <Part name="Dialog">
        <State label={t('On request')}>
          <Button onClick={() => setOpen('dialog')}>{t('Open the dialog')}</Button>
        </State>
      </Part>
      <Part name="ConfirmDialog">
        <State label={t('On request')}>
          <Button onClick={() => setOpen('confirm')}>{t('Open the question')}</Button>
        </State>
      </Part>
      <Part name="Popover">
        <State label={t('On request')}>
          <Popover trigger={<Button>{t('Open the popover')}</Button>} label={t('Example')} className="w-72 p-4">
            <p className="text-13 wrap-anywhere">{long_name}</p>
          </Popover>
        </State>
      </Part>
      <Part name="SidePanel">
        <State label={t('On request')}>
          <Button onClick={() => setOpen('panel')}>{t('Open the panel')}</Button>
        </State>
      </Part>
      <Part name="Tabs">
        <State label={t('With counts')} wide>
          <div className="flex h-28 flex-col rounded-lg border border-line">
            <Tabs
              label={t('Example')}
              tabs={[
                {
                  id: 'details',
                  label: t('Details'),
                  content: <p className="p-4 text-13 wrap-anywhere">{long_name}</p>,
                },
                { id: 'deals', label: t('Deals'), count: 3, content: <p className="p-4 text-13">3</p> },
              ]}
            />
          </div>
        </State>
      </Part>
      <Dialog
        open={open === 'dialog'}
        title={t('Example')}
        description={t('A form in a dialog.')}
        onClose={close}
        footer={
          <>
            <Button onClick={close}>{t('Cancel')}</Button>
            <Button emphasis="primary" onClick={close}>
              {t('Save')}
            </Button>
          </>
        }
      >
        <Field name="in-dialog" label={t('Name')}>
          <Input defaultValue={long_name} />
        </Field>
      </Dialog>
      <ConfirmDialog
        open={open === 'confirm'}
        title={t('Discard what you typed?')}
        description={t('It has not been saved.')}
        action={t('Discard')}
        danger
        onClose={close}
        onConfirm={close}
      />
      {open === 'panel' && (
        <div className="fixed inset-0 z-30 flex justify-end">
          <SidePanel label={t('Example')} onClose={close}>
            <div className="flex flex-col items-start gap-4 p-4 text-13 wrap-anywhere">
              {long_name}
              <Button onClick={close}>{t('Close')}</Button>
            </div>
          </SidePanel>
        </div>
      )}
    </PartGroup>
  );
}
