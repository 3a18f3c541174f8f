import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { api, type Page } from '../../app/api.ts';
import { FormShell } from '../../app/FormShell.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import type { Named } from '../field.ts';
import type { BulkAction } from './bulk.ts';

interface StartDealsDialogProps {
  counted: string;
  error: unknown;
  busy: boolean;
  onRun: (action: BulkAction) => void;
  onClose: () => void;
}

/** Puts all selected records into a pipeline, each with a deal of its own. */
export function StartDealsDialog({ counted, error, busy, onRun, onClose }: StartDealsDialogProps) {
  const form = useId();
  const pipelines = useQuery({
    queryKey: ['pipeline', 'other', 'names'],
    queryFn: ({ signal }) => api.get<Page<Named>>('/pipelines', { limit: 200 }, signal),
  });
  const options = (pipelines.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const pipeline = chosen ?? options[0]?.value ?? null;
  const run = () =>
    onRun({
      action: {
        kind: 'start_deals',
        ...(pipeline && { pipeline_id: pipeline }),
        ...(name.trim() && { name: name.trim() }),
      },
      doing: 'Starting deals',
      done: 'put into the pipeline',
    });
  return (
    <Dialog
      open
      title={`Start a deal for ${counted}`}
      description="Each gets a deal of its own in the first stage, owned by whoever owns the record."
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} emphasis="primary" busy={busy}>
            Start deals
          </Button>
        </>
      }
    >
      <FormShell id={form} error={error} fields={['name']} onSubmit={run} className="grid gap-4 pt-1">
        <Field name="pipeline" label="Pipeline">
          <Select label="Pipeline" options={options} value={pipeline} onChange={setChosen} />
        </Field>
        <Field name="name" label="What about" help="Stands after the name of each record, such as “Blue Ltd: Renewal”.">
          <Input value={name} onValueChange={setName} placeholder="Renewal" />
        </Field>
      </FormShell>
    </Dialog>
  );
}
