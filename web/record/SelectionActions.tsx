import { Tag, Trash2, UserRound } from 'lucide-react';
import { useState } from 'react';
import { attempt, saveRecord, trashRecords } from '../app/records.ts';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/Button.tsx';
import { type Choice, Combobox } from '../ui/Combobox.tsx';
import { Popover } from '../ui/Popover.tsx';
import { toast } from '../ui/toast.ts';
import type { RecordDefinition } from './definition.ts';
import type { AnyRecord, TagValue } from './field.ts';
import { useLookup } from './lookup.ts';

interface SelectionActionsProps {
  definition: RecordDefinition;
  records: AnyRecord[];
  onDone: () => void;
}

export default function SelectionActions({ definition, records, onDone }: SelectionActionsProps) {
  const { resource, one, many } = definition;
  const [busy, setBusy] = useState(false);
  const may = useMay();
  const counted = `${records.length} ${records.length === 1 ? one : many}`;

  async function run(change: () => Promise<unknown>) {
    setBusy(true);
    if (await attempt(change)) onDone();
    setBusy(false);
  }

  async function each(body: (record: AnyRecord) => Record<string, unknown>, done: string) {
    await run(async () => {
      for (const record of records) await saveRecord(resource, record, body(record));
      toast(done);
    });
  }

  const tagsOf = (record: AnyRecord) => ((record.tags as TagValue[] | undefined) ?? []).map((tag) => tag.id);
  return (
    <>
      {may(resource, 'update') && (
        <>
          <Pick
            of="user"
            label="Assign"
            icon={<UserRound size={14} />}
            busy={busy}
            onPick={(user) => each(() => ({ owner_id: user.id }), `${counted} assigned to ${user.name}`)}
          />
          <Pick
            of="tag"
            label="Tag"
            icon={<Tag size={14} />}
            busy={busy}
            onPick={(tag) =>
              each((record) => ({ tags: [...new Set([...tagsOf(record), tag.id])] }), `${counted} tagged ${tag.name}`)
            }
          />
        </>
      )}
      {may(resource, 'delete') && (
        <Button
          size="small"
          emphasis="quiet"
          icon={<Trash2 size={14} />}
          busy={busy}
          onClick={() => run(() => trashRecords(resource, records, `${counted} moved to the trash`))}
        >
          Delete
        </Button>
      )}
    </>
  );
}

interface PickProps {
  of: 'user' | 'tag';
  label: string;
  icon: React.ReactNode;
  busy: boolean;
  onPick: (choice: Choice) => void;
}

function Pick({ of, label, icon, busy, onPick }: PickProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={label}
      open={open}
      onOpenChange={setOpen}
      className="w-72 p-2"
      trigger={
        <Button size="small" emphasis="quiet" icon={icon} disabled={busy}>
          {label}
        </Button>
      }
    >
      <Choices
        of={of}
        label={label}
        onPick={(choice) => {
          setOpen(false);
          onPick(choice);
        }}
      />
    </Popover>
  );
}

function Choices({ of, label, onPick }: { of: 'user' | 'tag'; label: string; onPick: (choice: Choice) => void }) {
  const { choices, loading, setQuery } = useLookup(of);
  return (
    <Combobox
      label={label}
      value={null}
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      placeholder={of === 'user' ? 'Whom to?' : 'Which tag?'}
      onChange={(choice) => choice && onPick(choice)}
    />
  );
}
