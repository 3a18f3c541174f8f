import { Avatar } from '../../ui/Avatar.tsx';
import { WaitingMark } from '../offline/WaitingMark.tsx';
import type { RecordDefinition } from './definition.ts';
import { FieldValue } from './FieldValue.tsx';
import { type AnyRecord, isBlank, readField } from './field.ts';
import { nameInList } from './recordName.ts';

/** Name, one line that tells it apart, and where it stands. */
export function NarrowRow({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  const name = nameInList(definition, record);
  const find = (key: string) => definition.fields.find((field) => field.key === key);
  const detail = definition.narrow.details
    .map((key) => text(readField(record, find(key)!)))
    .find((found) => found !== '');
  const standing = find(definition.narrow.standing);
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

function text(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name);
  return typeof value === 'string' ? value : '';
}
