import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import type { Resource } from '../../../platform/query/resources.ts';
import { differ } from '../../../platform/record/field.ts';
import FilterBar from '../../../platform/record/filter/FilterBar.tsx';
import { prune } from '../../../platform/record/filter/filter.ts';
import { wordsOf } from '../../../platform/record/recordTypes.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { toast } from '../../../ui/toast.ts';
import { SecretDialog } from './SecretDialog.tsx';
import {
  type Choice,
  type Events,
  filterable,
  refresh,
  resources,
  verbLabels,
  verbsOf,
  type Webhook,
} from './webhook.ts';

interface WebhookDialogProps {
  webhook?: Webhook;
  onClose: () => void;
  onCreated?: (id: string) => void;
}

/** Where what is sent. A new webhook shows its secret at last. */
export function WebhookDialog({ webhook, onClose, onCreated }: WebhookDialogProps) {
  const form = useId();
  const { user } = useSession();
  const [begun] = useState({ name: webhook?.name ?? '', url: webhook?.url ?? '', events: webhook?.events ?? {} });
  const [name, setName] = useState(begun.name);
  const [url, setUrl] = useState(begun.url);
  const [events, setEvents] = useState<Events>(begun.events);
  const { version, noteConflict } = useOpenedVersion(webhook?.version);
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const typed = { name, url, events: whole(events) };
  const save = useMutation({
    mutationFn: async () => {
      if (webhook) await withConfirmation(() => api.patch(`/webhooks/${webhook.id}`, typed, version));
      else setMade(await withConfirmation(() => api.post<{ id: string; secret: string }>('/webhooks', typed)));
      await refresh();
    },
    onSuccess: () => {
      if (!webhook) return;
      toast(t('Webhook saved'));
      onClose();
    },
    onError: noteConflict,
  });
  const { leave, question } = useLeaving(differ(typed, { ...begun, events: whole(begun.events) }), onClose);
  if (made) {
    return (
      <SecretDialog
        secret={made.secret}
        onClose={() => {
          onClose();
          onCreated?.(made.id);
        }}
      />
    );
  }
  const changesOwner = webhook && webhook.owner_id !== user?.id;
  return (
    <Dialog
      open
      size="large"
      title={webhook ? t('Edit webhook') : t('New webhook')}
      description={
        changesOwner
          ? t('It will act with your rights from now on, not with those of {name}.', {
              name: webhook.owner?.name ?? '?',
            })
          : t('It acts with your rights: what you may not see is not sent.')
      }
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {webhook ? t('Save') : t('Create webhook')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={['name', 'url', 'events']}
        onSubmit={() => save.mutate()}
        className="flex flex-col gap-4 pt-1"
      >
        <Field name="name" label={t('Name')} required>
          <Input value={name} onChange={(event) => setName(event.target.value)} placeholder={t('What it is for')} />
        </Field>
        <Field name="url" label={t('Address')} required help={t('It gets a POST for each event')}>
          <Input
            inputMode="url"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            placeholder="https://example.com/webhooks"
          />
        </Field>
        <Field name="events" label={t('Events')} required several>
          <ul className="divide-y divide-line rounded-md border border-line sm:grid sm:grid-cols-[repeat(6,auto)]">
            {resources.map((resource) => (
              <EventRow
                key={resource}
                resource={resource}
                choice={events[resource]}
                onChange={(choice) => setEvents((kept) => ({ ...kept, [resource]: choice }))}
              />
            ))}
          </ul>
        </Field>
      </FormShell>
      {question}
    </Dialog>
  );
}

/** Without record types that nothing is chosen of, and without conditions that say nothing yet. */
const whole = (events: Events): Events =>
  Object.fromEntries(
    Object.entries(events).flatMap(([resource, choice]) =>
      choice && choice.verbs.length > 0
        ? [[resource, { verbs: choice.verbs, filter: prune(choice.filter ?? null) }]]
        : [],
    ),
  );

function EventRow({
  resource,
  choice = { verbs: [] },
  onChange,
}: {
  resource: Resource;
  choice: Choice | undefined;
  onChange: (choice: Choice) => void;
}) {
  const definition = filterable(resource);
  const label = wordsOf(resource).Types;
  return (
    <li className="flex flex-col gap-2 px-3 py-2 text-13 sm:col-span-full sm:grid sm:grid-cols-subgrid">
      <div className="grid grid-cols-2 gap-x-3 gap-y-1.5 sm:col-span-full sm:grid-cols-subgrid">
        <span className="col-span-2 font-medium sm:col-span-1 sm:self-center">{label}</span>
        {verbsOf(resource).map((verb) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
          <label key={verb} className="flex min-h-6 items-center gap-1.5 pointer-coarse:min-h-9">
            <Checkbox
              label={t('{records}: {which}', { records: label, which: verbLabels[verb] })}
              checked={choice.verbs.includes(verb)}
              onChange={(checked) =>
                onChange({
                  ...choice,
                  verbs: verbsOf(resource).filter((each) => (each === verb ? checked : choice.verbs.includes(each))),
                })
              }
            />
            <span aria-hidden="true">{verbLabels[verb]}</span>
          </label>
        ))}
      </div>
      {definition && choice.verbs.length > 0 && (
        <div className="sm:col-span-full">
          <FilterBar
            definition={definition}
            filter={choice.filter ?? null}
            onChange={(filter) => onChange({ ...choice, filter })}
          />
        </div>
      )}
    </li>
  );
}
