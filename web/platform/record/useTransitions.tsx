import { type ReactNode, useState } from 'react';
import type { Transition } from '../../../src/kernel/contract/state-machine.ts';
import { t, translateServerText } from '../../text/text.ts';
import { toast } from '../../ui/toast.ts';
import { exchange } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { replaceRow } from '../query/lists.ts';
import { withFieldsOf } from '../query/problem.ts';
import { queryClient } from '../query/queryClient.ts';
import { pathOf } from '../query/resources.ts';
import { offerUndo } from '../query/undo.ts';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import { FormDialog } from './FormDialog.tsx';
import { type AnyRecord, isBlank, readField, startOf } from './field.ts';
import { nameOnPage } from './recordName.ts';
import { leadsBack } from './states.ts';
import { useFields } from './useFields.ts';

export interface Transitions {
  /** The ways on from the state of a record that its reader may take. */
  waysOf: (record: AnyRecord) => Transition[];
  /** Takes a record to another state by the way that leads there; says so when there is none. */
  moveTo: (record: AnyRecord, state: string) => void;
  /** Takes a record on this way, and asks first for what it needs and is not there yet. */
  go: (record: AnyRecord, way: Transition) => void;
  busy: boolean;
  dialog: ReactNode;
}

/** The states of a record type, as its contract has them. */
export function useTransitions(definition: RecordDefinition): Transitions {
  const { resource, contract } = definition;
  const states = contract.states;
  const may = useMay();
  const fields = useFields(definition);
  const [asking, setAsking] = useState<{ record: AnyRecord; way: Transition } | null>(null);
  const [busy, setBusy] = useState(false);
  const labelOf = (state: unknown) =>
    fields.find(({ key }) => key === states?.field)?.options?.find(({ value }) => value === state)?.label ??
    String(state);

  const waysOf = (record: AnyRecord) =>
    may(resource, 'update', (record.owner_id as string | null | undefined) ?? null) && !record.deleted_at
      ? (states?.transitions ?? []).filter(
          ({ from, right }) =>
            from.some((state) => state === record[states!.field]) && (!right || may(right.resource, right.action)),
        )
      : [];
  const missingOf = (record: AnyRecord, { required = [] }: Transition) =>
    fields.filter((field) => required.includes(field.key) && isBlank(readField(record, field)));

  async function send(record: AnyRecord, way: Transition, body: Record<string, unknown>) {
    const filled = Object.keys(body).length > 0 ? { fields: body } : {};
    const { data, change } = await exchange<AnyRecord>('POST', `${pathOf(resource)}/${record.id}/transitions`, {
      body: { transition: way.name, ...filled },
      version: record.version,
    }).catch((error) => {
      // Somebody else may have taken it further: then there are other ways on.
      void queryClient.invalidateQueries({ queryKey: [resource] });
      throw withFieldsOf(error, 'fields');
    });
    replaceRow(resource, data);
    queryClient.setQueryData([resource, 'one', record.id], data);
    void queryClient.invalidateQueries({ queryKey: [resource] });
    const isReversible = leadsBack(states!, record[states!.field], way.to);
    offerUndo(`${nameOnPage(definition, data)}: ${labelOf(way.to)}`, isReversible ? change : null);
  }

  async function go(record: AnyRecord, way: Transition) {
    if (missingOf(record, way).length > 0) return setAsking({ record, way });
    setBusy(true);
    await attempt(() => send(record, way, {}));
    setBusy(false);
  }

  return {
    waysOf,
    go: (record, way) => void go(record, way),
    moveTo: (record, state) => {
      const way = waysOf(record).find(({ to }) => to === state);
      if (way) void go(record, way);
      else
        toast(
          t('{name} cannot go from {from} to {to}', {
            name: nameOnPage(definition, record),
            from: labelOf(record[states!.field]),
            to: labelOf(state),
          }),
          { kind: 'error', description: t('There is no such step, or your role does not allow it.') },
        );
    },
    busy,
    dialog: asking && (
      <FormDialog
        title={translateServerText(asking.way.title)}
        description={t('{name} needs this first.', { name: nameOnPage(definition, asking.record) })}
        action={translateServerText(asking.way.title)}
        fields={missingOf(asking.record, asking.way).map((field) => ({ ...field, required: true }))}
        start={startOf(missingOf(asking.record, asking.way))}
        onSave={(body) => send(asking.record, asking.way, body)}
        onClose={() => setAsking(null)}
      />
    ),
  };
}
