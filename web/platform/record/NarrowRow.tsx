import { Avatar } from '../../ui/Avatar.tsx';
import { formatDate } from '../../ui/format.ts';
import { WaitingMark } from '../offline/WaitingMark.tsx';
import type { RecordDefinition } from './definition.ts';
import { FieldValue } from './FieldValue.tsx';
import { type AnyRecord, isBlank, nameOrText, readField } from './field.ts';
import { nameInList } from './recordName.ts';

/** Name, one line that tells it apart, and where it stands. */
export function NarrowRow({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  const name = nameInList(definition, record);
  const find = (key: string) => definition.fields.find((field) => field.key === key);
  const { day, details, standing: standingKey } = definition.narrow;
  const first = details.map((key) => nameOrText(readField(record, find(key)!))).find((found) => found !== '');
  const detail = [day && formatDate(String(record[day])), first].filter(Boolean).join(' · ');
  const standing = find(standingKey);
  return (
    <>
      <Avatar name={name} size="medium" square={definition.square} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-14 font-medium">
          <bdi>{name}</bdi>
        </span>
        {detail && (
          <span className="block truncate text-12 text-muted">
            <bdi>{detail}</bdi>
          </span>
        )}
      </span>
      <WaitingMark of={record} />
      {standing && !isBlank(readField(record, standing)) && (
        <span className="shrink-0 text-13">
          <FieldValue field={standing} record={record} />
        </span>
      )}
    </>
  );
}
