import { translateServerText } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import type { RecordDefinition } from './definition.ts';
import type { AnyRecord } from './field.ts';
import { useTransitions } from './useTransitions.tsx';

/** A button for each way on from the state of a record. */
export default function StateActions({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  const { waysOf, go, busy, dialog } = useTransitions(definition);
  return (
    <>
      {waysOf(record).map((way, index) => (
        <Button
          key={way.name}
          size="small"
          emphasis={index === 0 ? 'primary' : 'secondary'}
          disabled={busy}
          onClick={() => go(record, way)}
        >
          {translateServerText(way.title)}
        </Button>
      ))}
      {dialog}
    </>
  );
}
